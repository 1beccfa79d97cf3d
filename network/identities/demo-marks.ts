import { DEMO_EXTENSION, DEMO_WORDS } from '../../core/index.js';
import { Extension } from './x509.js';

export { DEMO_EXTENSION, DEMO_WORDS };

/** Critical and known to nobody: RFC 5280, section 4.2, has every other verifier refuse the certificate. */
export function demoExtension(): Extension {
  const text = Buffer.from(DEMO_WORDS);
  return new Extension(DEMO_EXTENSION, true, Buffer.concat([Buffer.from([0x0c, text.length]), text]));
}
