import type { CommitFeed } from '../committer/commit-feed.js';
import { ValidationCode } from '../ledger/types.js';
import type { Orderer } from '../orderer/orderer.js';
import { parseEnvelope } from '../wire/transaction.js';
import { definitionTransaction, type DefinitionRequest } from './definition-transaction.js';

const TIMEOUT_MS = 30_000;

/**
 * All organizations agree on the definition that the network is started with, where the channel has another or none.
 * @throws {Error} where it does not become valid
 */
export async function commitDefinition({
  orderer,
  feed,
  ...request
}: DefinitionRequest & { orderer: Orderer; feed: CommitFeed }): Promise<void> {
  const envelope = definitionTransaction(request);
  if (!envelope) return;
  const answer = orderer.broadcast(envelope);
  if (answer.status !== 'SUCCESS') throw new Error(`the definition was not ordered: ${answer.info}`);
  const { code } = await feed.transaction(parseEnvelope(envelope).txId, AbortSignal.timeout(TIMEOUT_MS));
  if (code !== ValidationCode.VALID) throw new Error(`the definition was not committed: code ${code}`);
}
