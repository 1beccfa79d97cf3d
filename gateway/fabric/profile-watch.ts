import { isDeepStrictEqual } from 'node:util';
import { ConfigError } from '../config-error.js';
import { readConnectionProfile } from './connection-profile.js';
import type { ConnectionProfile } from './connection-profile.js';

export interface ProfileWatch {
  /** Told the profile whenever it has changed. */
  onChange: (profile: ConnectionProfile) => void;
  /** Told why a change is not used; the profile that was in use stays. */
  onError: (error: Error) => void;
  /** How often the files are read, in milliseconds. */
  recheckMs: number;
}

/**
 * Reads the connection profile and its certificates and keys again and again: renewed ones are used without a restart.
 * @param current what is in use.
 */
export function watchConnectionProfile(
  file: string,
  current: ConnectionProfile,
  { onChange, onError, recheckMs }: ProfileWatch,
): { close(): void } {
  let inUse = current;
  const check = async (): Promise<void> => {
    try {
      const profile = await readConnectionProfile(file);
      if (isDeepStrictEqual(profile, inUse)) return;
      assertSameMember(file, profile, inUse);
      inUse = profile;
      onChange(profile);
    } catch (error) {
      onError(error as Error);
    }
  };
  const timer = setInterval(() => void check(), recheckMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

/** The journal's events were sealed for this channel and owner. */
function assertSameMember(file: string, one: ConnectionProfile, other: ConnectionProfile): void {
  const who = ({ network, channel, chaincode, mspId }: ConnectionProfile) => [network, channel, chaincode, mspId];
  if (!isDeepStrictEqual(who(one), who(other)))
    throw new ConfigError(`The connection profile ${file} is of another network or organization: restart the gateway.`);
}
