import { z } from 'zod';
import { peerOrganization } from '../../definition/index.js';

/** What a new organization and the members give one another. All of it may be public: there is no key in it. */

const certificate = z
  .string()
  .max(16_384)
  .regex(/^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n?$/, 'one PEM certificate');
const address = z.strictObject({ host: z.string().min(1).max(253), port: z.number().int().min(1).max(65_535) });

/** From the new organization: who it is, and where its peers are. */
export const joinRequest = z.strictObject({
  version: z.literal(1),
  organization: peerOrganization,
  caCertificate: certificate,
  tlsCaCertificate: certificate,
  peers: z.array(address).min(1).max(9),
});
export type JoinRequest = z.output<typeof joinRequest>;

/** From a member: how to reach the channel, whom to trust, and the sequence of the contract that is to be approved. */
export const invitation = z.strictObject({
  version: z.literal(1),
  /** The channel's first block. */
  genesisBlock: z.base64().max(4_194_304),
  orderer: z.strictObject({ endpoint: z.string().regex(/^[^\s:]+:\d+$/), tlsCaCertificate: certificate }),
  /** CA certificates of the members and of the orderers' organization, by MSP id. */
  roots: z.record(z.string(), certificate),
  sequence: z.number().int().min(1),
});
export type Invitation = z.output<typeof invitation>;
