import { openLedger } from '../../../network/embedded/ledger/index.js';
import { CHANNEL, commitDrafts, hashedCollection, NAMESPACE, put, rwset } from './chain.js';

/** Commits to the ledger in the directory given until it is killed; says the height of each acknowledged block. */
const ledger = await openLedger({ dir: process.argv[2] ?? '', channel: CHANNEL });
for (;;) {
  const { height } = ledger.chainInfo();
  const drafts = [1, 2, 3].map((number) => {
    const writes = [put(`private ${height} ${number}`, 's'.repeat(2000))];
    return {
      txId: `tx-${height}-${number}`,
      rwset: rwset({
        writes: [put(`key ${height} ${number}`, 'v'.repeat(3000)), put('head', String(height))],
        collections: [hashedCollection('payloads', writes)],
      }),
      privateWrites: [{ namespace: NAMESPACE, collection: 'payloads', writes }],
    };
  });
  await commitDrafts(ledger, drafts);
  process.stdout.write(`${height}\n`);
}
