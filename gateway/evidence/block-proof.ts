import type { CloseableAsyncIterable, Network } from '@hyperledger/fabric-gateway';
import { common, ledger, peer } from '@hyperledger/fabric-protos';
import { AuditError, LIMITS } from '../../core/index.js';
import type { EventEvidenceFile } from '../../core/index.js';

export type BlockProofFile = NonNullable<EventEvidenceFile['block']>;

/** Until a peer has sent the blocks, in milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * The block that holds a transaction, and the data hashes of the blocks behind it, as the organization's peer has them.
 * @param height of the highest checkpoint: where the headers have to lead.
 * @throws {AuditError} TOO_LARGE where there are more blocks in between than one file of evidence takes;
 *   LEDGER_UNAVAILABLE where the peer does not send them.
 */
export async function readBlockProof(
  channel: Network,
  { txId, blockNumber, height }: { txId: string; blockNumber: number; height: number },
): Promise<BlockProofFile> {
  const between = height - 1 - blockNumber;
  if (between > LIMITS.headersPerProof) {
    const detail = `There are ${between} blocks behind the event's; one file takes ${LIMITS.headersPerProof}.`;
    throw new AuditError('TOO_LARGE', detail);
  }
  const blocks = await channel.getBlockEvents({ startBlock: BigInt(blockNumber) });
  const timer = setTimeout(() => blocks.close(), PATIENCE_MS);
  try {
    const [first, ...headers] = await readBlocks(blocks, height);
    if (!first || headers.length !== between) {
      throw new AuditError('LEDGER_UNAVAILABLE', 'The peer did not send the blocks in time.');
    }
    return describe(
      first.block,
      txId,
      headers.map(({ dataHash }) => dataHash),
    );
  } finally {
    clearTimeout(timer);
    blocks.close();
  }
}

/** Only the first block is kept whole: a few headers may stand behind many megabytes. */
async function readBlocks(blocks: CloseableAsyncIterable<common.Block>, height: number) {
  const read: { block: common.Block; dataHash: string }[] = [];
  for await (const block of blocks) {
    const dataHash = hex(block.getHeader()?.getDataHash_asU8());
    if (read.length > 0) block.clearData();
    read.push({ block, dataHash });
    if ((block.getHeader()?.getNumber() ?? 0) >= height - 1) break;
  }
  return read;
}

function describe(block: common.Block, txId: string, headers: string[]): BlockProofFile {
  const envelopes = block.getData()?.getDataList_asU8() ?? [];
  const transaction = envelopes.findIndex((envelope) => transactionIdOf(envelope) === txId);
  if (transaction < 0) throw new AuditError('INTERNAL', 'The block does not hold the transaction.');
  const signatures = block.getMetadata()?.getMetadataList_asU8()[common.BlockMetadataIndex.SIGNATURES];
  return {
    number: block.getHeader()?.getNumber() ?? 0,
    previous_hash: hex(block.getHeader()?.getPreviousHash_asU8()),
    envelopes: envelopes.map(base64),
    transaction,
    signatures: base64(signatures ?? new Uint8Array()),
    headers,
    discloses: {
      transactions: envelopes.length - 1,
      events: envelopes.reduce((sum, envelope) => sum + countEvents(envelope), 0) - 1,
    },
  };
}

function transactionIdOf(envelope: Uint8Array): string {
  return common.ChannelHeader.deserializeBinary(
    payloadOf(envelope).getHeader()?.getChannelHeader_asU8() ?? none,
  ).getTxId();
}

/** Events whose cores stand in a transaction's writes; none where it is of another kind. */
function countEvents(envelope: Uint8Array): number {
  try {
    return writesOf(envelope).reduce((sum, value) => sum + eventsIn(value), 0);
  } catch {
    return 0;
  }
}

function writesOf(envelope: Uint8Array): Uint8Array[] {
  const [action] = peer.Transaction.deserializeBinary(payloadOf(envelope).getData_asU8()).getActionsList();
  const endorsed = peer.ChaincodeActionPayload.deserializeBinary(action?.getPayload_asU8() ?? none).getAction();
  const response = peer.ProposalResponsePayload.deserializeBinary(endorsed?.getProposalResponsePayload_asU8() ?? none);
  const results = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8()).getResults_asU8();
  return ledger.rwset.TxReadWriteSet.deserializeBinary(results)
    .getNsRwsetList()
    .flatMap((namespace) => ledger.rwset.kvrwset.KVRWSet.deserializeBinary(namespace.getRwset_asU8()).getWritesList())
    .map((write) => write.getValue_asU8());
}

function eventsIn(value: Uint8Array): number {
  try {
    const document = JSON.parse(Buffer.from(value).toString()) as { doc_type?: string; events?: unknown } | null;
    return document?.doc_type === 'record' && Array.isArray(document.events) ? document.events.length : 0;
  } catch {
    return 0;
  }
}

const none = new Uint8Array();

function payloadOf(envelope: Uint8Array): common.Payload {
  return common.Payload.deserializeBinary(common.Envelope.deserializeBinary(envelope).getPayload_asU8());
}

function hex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? none).toString('hex');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
