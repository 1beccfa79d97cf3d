import { z } from 'zod';
import {
  AuditError,
  formatSession,
  headKey,
  payloadKey,
  recordKey,
  verifyChain,
  verifyPresentOpenings,
} from '../../core/index.js';
import type { ChainedEvent, EventCore, Openings } from '../../core/index.js';
import type { Member } from '../fabric/members.js';
import { parseOrUndefined } from '../parse-json.js';
import type { Finding } from './finding.js';
import type { BlockTransaction, KeyWrite } from './read-transaction.js';
import type { SessionHeads } from './session-heads.js';

/** What a witness looks at in the contract's documents; the rest of them is the contract's own. */
const session = { owner: z.string(), agent_id: z.string(), session_id: z.string() };
const stamp = {
  recorded_at: z.string(),
  recorded_by: z.strictObject({ msp_id: z.string(), certificate_sha256: z.string() }),
  tx_id: z.string(),
};
const record = z.object({
  doc_type: z.literal('record'),
  v: z.literal(1),
  ...session,
  ...stamp,
  first_seq: z.number().int().min(1),
  events: z
    .array(z.object({ hash: z.string(), core: z.custom<EventCore>((value) => typeof value === 'object') }))
    .min(1),
});
const head = z.object({ doc_type: z.literal('head'), v: z.literal(1), ...session, seq: z.number(), hash: z.string() });
const statement = z.object({ doc_type: z.enum(['lifecycle', 'block_attestation']), v: z.literal(1), ...stamp });
const agentKey = z.object({ doc_type: z.literal('agent_key'), v: z.literal(1), registered: z.object(stamp) });
const revocation = z.object({ doc_type: z.literal('key_revocation'), v: z.literal(1), revoked: z.object(stamp) });
const unstamped = z.object({ doc_type: z.enum(['alias', 'agent']), v: z.literal(1) });
const payload = z.object({
  doc_type: z.literal('payload'),
  v: z.literal(1),
  events: z.array(z.custom<Openings>((value) => typeof value === 'object' && value !== null)),
});
const document = z.union([record, head, statement, agentKey, revocation, unstamped]);

type Document = z.output<typeof document>;
type RecordContent = z.output<typeof record>;

/** A valid transaction of the contract: what it wrote, and what it wrote privately as far as that can be seen. */
export interface ContractWrites {
  transaction: BlockTransaction;
  creator: Member | undefined;
  namespace: string;
  privateWrites: readonly KeyWrite[];
}

/** What does not hold in what a transaction wrote: hashes, chains, heads, commitments, who is said to have written it. */
export async function checkRecords(writes: ContractWrites, heads: SessionHeads): Promise<Finding[]> {
  const { transaction, namespace, privateWrites } = writes;
  const set = transaction.namespaces.find((one) => one.namespace === namespace);
  if (!set) return [];
  const findings: Finding[] = [];
  const records: RecordContent[] = [];
  for (const { key, value, isDelete } of set.writes) {
    const parsed = isDelete ? undefined : document.safeParse(parse(value));
    if (isDelete) findings.push(mismatch(`${key} was deleted`));
    else if (!parsed?.success) findings.push(mismatch(`${key} holds no document of the contract`));
    if (!parsed?.success) continue;
    findings.push(...checkStamp(key, parsed.data, writes), ...checkKey(key, parsed.data));
    if (parsed.data.doc_type === 'record') records.push(parsed.data);
  }
  for (const one of records.sort((left, right) => left.first_seq - right.first_seq)) {
    findings.push(...(await checkRecord(one, writes, heads)), ...checkPayload(one, privateWrites));
  }
  return [...findings, ...(await checkHeads(set.writes, records, heads))];
}

/** The contract writes who, when and in which transaction from the proposal alone. */
function checkStamp(key: string, content: Document, { transaction, creator }: ContractWrites): Finding[] {
  const stamped = stampOf(content);
  if (!stamped) return [];
  const { recorded_at: at, recorded_by: by, tx_id: id } = stamped;
  const isIts = id === transaction.txId && at === transaction.timestamp;
  const isCreators = by.msp_id === creator?.mspId && by.certificate_sha256 === creator.fingerprint;
  return isIts && isCreators ? [] : [mismatch(`${key} says that another transaction or member wrote it`)];
}

function stampOf(content: Document) {
  if ('registered' in content) return content.registered;
  if ('revoked' in content) return content.revoked;
  return 'tx_id' in content ? content : undefined;
}

function checkKey(key: string, content: Document): Finding[] {
  if (content.doc_type !== 'record' && content.doc_type !== 'head') return [];
  const own = content.doc_type === 'record' ? recordKey(content, content.first_seq) : headKey(content);
  return key === own ? [] : [mismatch(`${key} holds what belongs to ${own}`)];
}

async function checkRecord(content: RecordContent, writes: ContractWrites, heads: SessionHeads): Promise<Finding[]> {
  const { first_seq: firstSeq, events, owner } = content;
  const key = recordKey(content, firstSeq);
  const set = writes.transaction.namespaces.find(({ namespace }) => namespace === writes.namespace);
  const findings: Finding[] = [];
  if (owner !== writes.creator?.mspId) findings.push(mismatch(`${key} belongs to ${owner}, and another wrote it`));
  const isStart = !set?.reads.some((read) => read.exists && read.key === headKey(content));
  const isFirst = firstSeq === 1;
  // The head that was read is what keeps a record from being written over another one.
  if (isStart && !isFirst) findings.push(mismatch(`${key} was written without reading its session's head`));
  if (!isStart && isFirst) findings.push({ code: 'CHAIN_BROKEN', detail: `${key} starts a session that was there` });
  // A peer that does not answer is no finding: the block is taken again.
  const previous = await heads.before(content, firstSeq);
  try {
    verifyChain(events, previous);
  } catch (error) {
    findings.push(toFinding(error, key));
  }
  const last = events.at(-1);
  if (last) heads.keep(content, last);
  return findings;
}

async function checkHeads(
  writes: readonly KeyWrite[],
  records: readonly RecordContent[],
  heads: SessionHeads,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const content of records) {
    const written = head.safeParse(
      parse(writes.find(({ key }) => key === headKey(content))?.value ?? new Uint8Array()),
    );
    const last: ChainedEvent | undefined = await heads.before(content, Number.MAX_SAFE_INTEGER);
    const isSame = written.success && written.data.hash === last?.hash && written.data.seq === last.core.seq;
    if (!isSame) findings.push(mismatch(`the head of ${formatSession(content)} is not its last event`));
  }
  return findings;
}

/** Openings that are gone, or that this organization may not see, are no finding. */
function checkPayload(content: RecordContent, privateWrites: readonly KeyWrite[]): Finding[] {
  const key = payloadKey(content, content.first_seq);
  const written = privateWrites.find((write) => write.key === key);
  if (!written) return [];
  const parsed = payload.safeParse(parse(written.value));
  if (!parsed.success) return [mismatch(`${key} holds no payload`)];
  return content.events.flatMap(({ core }, index): Finding[] => {
    try {
      verifyPresentOpenings(core, parsed.data.events[index] ?? {});
      return [];
    } catch (error) {
      return [toFinding(error, `${key}, event ${index}`)];
    }
  });
}

function mismatch(detail: string): Finding {
  return { code: 'RECORD_MISMATCH', detail };
}

/** What was written may be anything; what cannot even be hashed is no event. */
function toFinding(error: unknown, at: string): Finding {
  const detail = `${at}: ${error instanceof Error ? error.message : 'malformed'}`;
  if (!(error instanceof AuditError)) return mismatch(detail);
  if (error.code === 'HASH_MISMATCH') return { code: 'EVENT_HASH_MISMATCH', detail };
  if (error.code === 'CHAIN_BROKEN' || error.code === 'COMMITMENT_MISMATCH') return { code: error.code, detail };
  return mismatch(detail);
}

function parse(value: Uint8Array): unknown {
  return parseOrUndefined(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString());
}
