import { COMMITTED_FIELDS } from '../../core/index.js';
import type { EventEvidence } from '../../core/index.js';
import type { BlockFindings } from '../block/check-block.js';
import type { Findings } from '../report.js';
import { list, say } from '../statements.js';
import type { Statement } from '../statements.js';
import { keyHistory, nameOf } from './agent-key-statements.js';

type EventCore = EventEvidence['event']['answer']['event']['core'];

/** Who did what, in words; nothing of it but what the core says. */
export function describeEvent(core: EventCore): string {
  const doing = [core.event_type, core.tool && `of ${core.tool.name}`, core.action, core.status && `(${core.status})`];
  const what = doing.filter(Boolean).join(' ');
  return `${core.agent_id} of ${core.owner}, session ${core.session_id}, event ${core.seq}: ${what}, at ${core.timestamp}`;
}

export function eventStatements(evidence: EventEvidence, findings: Findings): Statement[] {
  const { block } = findings;
  return [
    ...proven(evidence, findings),
    ...(block ? provenByBlock(evidence, block) : []),
    ...attested(evidence, findings),
    ...claimed(evidence),
    ...notChecked(evidence, block),
  ];
}

function proven({ event: { answer, openings } }: EventEvidence, { agentKeys }: Findings): Statement[] {
  const opened = COMMITTED_FIELDS.filter((field) => openings?.[field]);
  return [
    say('proven', [], `The event's core is the one whose hash is ${answer.event.hash}.`),
    ...agentKeys.map((key) =>
      say('proven', [], `The key ${nameOf(key)} signed the event, and its place in the session.`),
    ),
    ...(opened.length > 0
      ? [say('proven', [], `The values of ${opened.join(', ')} are those that the event committed to.`)]
      : []),
  ];
}

/** What only the full form shows: who wrote the event, by their own signatures. */
function provenByBlock({ block }: EventEvidence, { creator, endorsers, orderers }: BlockFindings): Statement[] {
  if (!block) return [];
  const { number, headers, discloses } = block;
  const certified = creator.issuer ? `, certified under the authorities of ${creator.mspId},` : '';
  const peers = endorsers.filter((signer) => signer.issuer).map((signer) => signer.mspId);
  return [
    `The key of ${creator.commonName}${certified} signed the transaction that wrote this very event.`,
    `Keys certified as peers of ${list([...new Set(peers)].sort()) || 'nobody you trust'} endorsed this very write.`,
    `The transaction is in block ${number}, and ${headers.length} headers lead from it to the checkpoint.`,
    ...(orderers ? [`Of the orderers that you trust, ${list(orderers)} signed the block.`] : []),
    `The file also discloses ${discloses.transactions} other transactions and ${discloses.events} other events.`,
  ].map((sentence) => say('proven', [], sentence));
}

function attested(
  { event: { answer } }: EventEvidence,
  { versions, agentKeys, trusted, contract }: Findings,
): Statement[] {
  const { event, entries, entries_complete: isComplete } = answer;
  const kinds = entries.map(({ kind, recorded_by }) => `${kind} by ${recorded_by.msp_id}`);
  const history = kinds.length === 0 ? 'nothing' : list(kinds);
  const [record] = versions;
  return [
    `The event stands on the ledger, in a record that transaction ${record?.transaction} of block ${record?.block} ` +
      `wrote; only a valid transaction writes (${contract}).`,
    `It was recorded by ${event.recorded_by.msp_id} in transaction ${event.tx_id}.`,
    ...agentKeys.map((key) => keyHistory(key, 'the event')),
    `Of the event was said: ${history}${isComplete ? '' : ', and more'}.`,
  ].map((sentence) => say('attested', trusted, sentence));
}

function claimed({ event: { answer } }: EventEvidence): Statement[] {
  const { event } = answer;
  const owner = event.core.owner;
  const author = event.submitted_by === undefined ? owner : `${owner} (${event.submitted_by})`;
  return [
    say('claimed', [author], `What the event says, and that it happened at ${event.core.timestamp}.`),
    say('claimed', [owner], `That it was recorded at ${event.recorded_at}: its endorsers hold that to 15 minutes.`),
  ];
}

function notChecked({ event: { answer, openings } }: EventEvidence, block: BlockFindings | undefined): Statement[] {
  const closed = COMMITTED_FIELDS.filter((field) => answer.event.core.commitments[field] && !openings?.[field]);
  return [
    ...(closed.length > 0
      ? [`The values of ${closed.join(', ')}: the file does not have them, because they were withheld or erased.`]
      : []),
    ...(answer.event.signature
      ? []
      : [`Whether ${answer.event.core.agent_id} made the event: only its gateway says so, it is not signed.`]),
    ...notInForm(block),
  ].map((sentence) => say('not_checked', [], sentence));
}

function notInForm(block: BlockFindings | undefined): string[] {
  if (!block) return ["The other events of the session, and the block's own bytes: a receipt does not have them."];
  return [
    'The other events of the session.',
    ...(block.orderers ? [] : ['The signatures of the orderers: you named none that you trust.']),
  ];
}
