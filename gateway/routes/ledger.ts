import type { RequestHandler } from 'express';
import { z } from 'zod';
import { AuditError, EVENT_ATTESTED, EVENTS_RECORDED, formatLocator } from '../../core/index.js';
import type { AttestedNotice, RecordedNotice } from '../../core/index.js';
import { pathId } from '../http/query.js';
import type { LedgerTransaction } from '../ledger/audit-ledger.js';
import type { Services } from '../services.js';

export const transactionAnswer = z
  .strictObject({
    tx_id: z.string(),
    block_number: z.number().int(),
    code: z.string().meta({ description: "Fabric's validation code; only VALID wrote anything." }),
    timestamp: z.string(),
    creator: z.strictObject({ msp_id: z.string(), certificate_sha256: z.string() }),
    endorsed_by: z.array(z.string()),
    records: z.array(z.strictObject({ first_event: z.string(), last_event: z.string(), count: z.number().int() })),
    attestation: z.strictObject({ locator: z.string(), kind: z.string(), by: z.string() }).optional(),
  })
  .meta({ id: 'Transaction' });

export const ledgerAnswer = z
  .strictObject({
    network: z.strictObject({
      kind: z.enum(['embedded', 'native', 'compose', 'fabric']),
      independent: z.boolean().meta({
        description:
          'Whether the organizations hold their keys apart; false on the embedded network, which proves logic, not trust.',
      }),
    }),
    notice: z.string().optional().meta({ description: 'What the network cannot prove, where it is a demonstration.' }),
    channel: z.string(),
    chaincode: z.string(),
    msp_id: z.string().meta({ description: 'The organization of this gateway.' }),
    organizations: z.array(z.string()),
    height: z.number().int(),
    current_block_hash: z.string(),
    previous_block_hash: z.string(),
    contract: z.looseObject({ name: z.string(), version: z.string(), schema_version: z.number().int() }),
  })
  .meta({ id: 'Ledger' });

const TX_ID = /^[0-9a-f]{64}$/;

/** `GET /v1/transactions/{id}` */
export function readTransaction({ ledger }: Services): RequestHandler {
  return async (req, res) => {
    const id = pathId(req);
    if (!TX_ID.test(id)) throw new AuditError('INVALID_ID', 'A transaction id is 32 bytes in lower-case hex.');
    const transaction = await ledger.findTransaction(id);
    if (!transaction) throw new AuditError('NOT_FOUND', 'There is no transaction by that id.');
    res.json(describeTransaction(transaction));
  };
}

const DEMONSTRATION =
  'This network is a demonstration: the keys of all organizations are in one place. It proves format and logic, not trust between organizations.';

/** `GET /v1/ledger` */
export function readLedger({ ledger }: Services): RequestHandler {
  return async (_req, res) => {
    const [info, contract] = await Promise.all([ledger.readChainInfo(), ledger.readContractInfo()]);
    const { kind, independent, channel, chaincode, mspId, organizations } = ledger.network;
    res.json({
      network: { kind, independent },
      ...(!independent && { notice: DEMONSTRATION }),
      channel,
      chaincode,
      msp_id: mspId,
      organizations,
      height: info.height,
      current_block_hash: info.currentBlockHash,
      previous_block_hash: info.previousBlockHash,
      contract,
    });
  };
}

function describeTransaction(transaction: LedgerTransaction): z.output<typeof transactionAnswer> {
  const { txId, blockNumber, code, timestamp, creator, endorsedBy, notice } = transaction;
  return {
    tx_id: txId,
    block_number: blockNumber,
    code,
    timestamp,
    creator,
    endorsed_by: endorsedBy,
    records: notice?.name === EVENTS_RECORDED ? recordsOf(notice.payload) : [],
    ...(notice?.name === EVENT_ATTESTED && { attestation: attestationOf(notice.payload) }),
  };
}

function recordsOf(payload: Uint8Array) {
  return recordedNotice(payload).records.map(({ owner, agent_id, session_id, first_seq, count }) => ({
    first_event: formatLocator({ owner, agent_id, session_id, seq: first_seq }),
    last_event: formatLocator({ owner, agent_id, session_id, seq: first_seq + count - 1 }),
    count,
  }));
}

function attestationOf(payload: Uint8Array) {
  const { locator, kind, by } = parse(payload) as AttestedNotice;
  return { locator, kind, by };
}

export function recordedNotice(payload: Uint8Array): RecordedNotice {
  return parse(payload) as RecordedNotice;
}

/** The contract wrote it and peers endorsed it: its shape is the contract's. */
function parse(payload: Uint8Array): unknown {
  return JSON.parse(Buffer.from(payload).toString());
}
