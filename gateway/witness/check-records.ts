import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { formatSession, headKey, recordKey, verifyChain } from '../../core/index.js';
import type { ChainLink, EventCore } from '../../core/index.js';
import type { Member } from '../fabric/members.js';
import { Payloads } from './check-payloads.js';
import { mismatch, toFinding } from './finding.js';
import type { Finding } from './finding.js';
import type { BlockTransaction, KeyWrite } from './read-transaction.js';
import type { SessionHeads } from './session-heads.js';
import { WrittenDocuments } from './written-documents.js';

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
  payload_at: z.object({ document: z.number().int().min(0), index: z.number().int().min(0) }).optional(),
  events: z.array(z.object({ hash: z.string(), core: z.custom<EventCore>(hasPlace) })).min(1),
});
const head = z.object({ doc_type: z.literal('head'), v: z.literal(1), ...session, seq: z.number(), hash: z.string() });
const statement = z.object({ doc_type: z.enum(['lifecycle', 'block_attestation']), v: z.literal(1), ...stamp });
const agentKey = z.object({ doc_type: z.literal('agent_key'), v: z.literal(1), registered: z.object(stamp) });
const revocation = z.object({ doc_type: z.literal('key_revocation'), v: z.literal(1), revoked: z.object(stamp) });
const unstamped = z.object({ doc_type: z.enum(['alias', 'agent']), v: z.literal(1) });
const document = z.discriminatedUnion('doc_type', [record, head, statement, agentKey, revocation, unstamped]);

/** As much of a core as the next event's check needs; what else is wrong with it shows in its hash. */
function hasPlace(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'seq' in value && Number.isSafeInteger(value.seq);
}

type Document = z.output<typeof document>;
type RecordContent = z.output<typeof record>;
type HeadContent = z.output<typeof head>;

type Author = Pick<Member, 'mspId' | 'fingerprint'>;

/** A valid transaction of the contract: what it wrote, and what it wrote privately as far as that can be seen. */
export interface ContractWrites {
  transaction: Pick<BlockTransaction, 'txId' | 'timestamp' | 'namespaces'>;
  creator: Author | undefined;
  namespace: string;
  privateWrites: readonly KeyWrite[];
}

/** Documents that are checked in one turn: a large block is not to hold up what else the process does. */
const DOCUMENTS_PER_TURN = 4;

/** What does not hold in what a transaction wrote: hashes, chains, heads, commitments, who is said to have written it. */
export async function checkRecords(writes: ContractWrites, heads: SessionHeads): Promise<Finding[]> {
  const { transaction, creator, namespace, privateWrites } = writes;
  const set = transaction.namespaces.find((one) => one.namespace === namespace);
  if (!set) return [];
  const documents = new WrittenDocuments();
  const { findings, records, heads: written } = await readDocuments(set.writes, documents, writes);
  const guarding = new Set(set.reads.flatMap(({ key, exists }) => (exists ? key : [])));
  const against = { creator, guarding, heads, documents };
  const payloads = new Payloads(valuesOf(privateWrites), documents);
  for (const [index, one] of records.sort((left, right) => left.first_seq - right.first_seq).entries()) {
    if (index % DOCUMENTS_PER_TURN === 0) await nextTurn();
    findings.push(...(await checkRecord(one, against)), ...payloads.check(one));
  }
  return [...findings, ...payloads.checkRest(), ...(await checkHeads(written, records, heads))];
}

/** Documents in themselves; the records among them are checked further. */
async function readDocuments(
  written: readonly KeyWrite[],
  documents: WrittenDocuments,
  writes: ContractWrites,
): Promise<{ findings: Finding[]; records: RecordContent[]; heads: Map<string, HeadContent> }> {
  const findings: Finding[] = [];
  const records: RecordContent[] = [];
  const heads = new Map<string, HeadContent>();
  for (const [index, { key, value, isDelete }] of written.entries()) {
    if (index % DOCUMENTS_PER_TURN === 0) await nextTurn();
    const parsed = isDelete ? undefined : document.safeParse(documents.read(value));
    if (isDelete) findings.push(mismatch(`${key} was deleted`));
    else if (!parsed?.success) findings.push(mismatch(`${key} holds no document of the contract`));
    if (!parsed?.success) continue;
    findings.push(...checkStamp(key, parsed.data, writes), ...checkKey(key, parsed.data));
    if (parsed.data.doc_type === 'record') records.push(parsed.data);
    // As in the state, the last write of a key is the one that counts; one that is no document is a finding above.
    if (parsed.data.doc_type === 'head') heads.set(key, parsed.data);
  }
  return { findings, records, heads };
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

/** By key; the last write of a key is the one that counts. */
function valuesOf(writes: readonly KeyWrite[]): ReadonlyMap<string, Uint8Array> {
  return new Map(writes.map(({ key, value }) => [key, value]));
}

/** What the records of one transaction are checked with. */
interface CheckedAgainst {
  creator: Author | undefined;
  /**
   * Heads that keep records from being written over others: those that were read, and those of sessions that an earlier
   * record of the transaction has begun.
   */
  guarding: Set<string>;
  heads: SessionHeads;
  documents: WrittenDocuments;
}

async function checkRecord(
  content: RecordContent,
  { creator, guarding, heads, documents }: CheckedAgainst,
): Promise<Finding[]> {
  const { first_seq: firstSeq, events, owner } = content;
  const key = recordKey(content, firstSeq);
  const findings = checkSessions(content, key);
  if (owner !== creator?.mspId) findings.push(mismatch(`${key} belongs to ${owner}, and another wrote it`));
  const isStart = !guarding.has(headKey(content));
  const isFirst = firstSeq === 1;
  if (isFirst) guarding.add(headKey(content));
  if (isStart && !isFirst) findings.push(mismatch(`${key} was written without reading its session's head`));
  if (!isStart && isFirst) findings.push({ code: 'CHAIN_BROKEN', detail: `${key} starts a session that was there` });
  // A peer that does not answer is no finding: the block is taken again.
  const previous = await heads.before(content, firstSeq);
  try {
    verifyChain(events, previous, documents.texts.write);
  } catch (error) {
    findings.push(toFinding(error, key));
  }
  const last = events.at(-1);
  if (last) heads.keep(content, last);
  return findings;
}

/** Events of the session that the record says it is of: what is kept of the last one stands under that session. */
function checkSessions(content: RecordContent, key: string): Finding[] {
  return content.events.flatMap(({ core }, index) => {
    const isIts =
      core.owner === content.owner && core.agent_id === content.agent_id && core.session_id === content.session_id;
    return isIts ? [] : [{ code: 'CHAIN_BROKEN' as const, detail: `${key}, event ${index}: it is of another session` }];
  });
}

async function checkHeads(
  written: ReadonlyMap<string, HeadContent>,
  records: readonly RecordContent[],
  heads: SessionHeads,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const content of records) {
    const stored = written.get(headKey(content));
    const last: ChainLink | undefined = await heads.before(content, Number.MAX_SAFE_INTEGER);
    const isSame = stored !== undefined && stored.hash === last?.hash && stored.seq === last.core.seq;
    if (!isSame) findings.push(mismatch(`the head of ${formatSession(content)} is not its last event`));
  }
  return findings;
}
