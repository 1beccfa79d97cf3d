/** A fault of the configuration: the message is one clear sentence for the operator. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
