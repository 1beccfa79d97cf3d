import { common } from '@hyperledger/fabric-protos';
import { CHECKPOINT_FORMAT, CHECKPOINT_VERSION, timestampFromSeconds } from '../../core/index.js';
import type { ChainInfoAnswer, CheckpointFile } from '../../core/index.js';
import type { Signed } from '../evidence/signed-reads.js';
import { IdentityTable } from '../evidence/identity-table.js';
import { writeAnswer } from '../evidence/write-evidence.js';

/** The file as docs/checkpoints.md describes it. */
export function writeCheckpoint(
  { answer, signed }: Signed<ChainInfoAnswer>,
  { channel, mspId, challenge }: { channel: string; mspId: string; challenge: string },
): CheckpointFile {
  const identities = new IdentityTable([signed]);
  const time = common.ChannelHeader.deserializeBinary(signed.channelHeader).getTimestamp();
  return {
    format: CHECKPOINT_FORMAT,
    version: CHECKPOINT_VERSION,
    channel,
    observed_at: timestampFromSeconds(time?.getSeconds() ?? 0, 0),
    observed_by: mspId,
    challenge,
    answer,
    signed: writeAnswer(signed, identities),
    identities: identities.read(),
  };
}
