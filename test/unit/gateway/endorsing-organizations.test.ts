import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { describe, it } from 'mocha';
import { EndorsingOrganizations } from '../../../gateway/fabric/endorsing-organizations.js';
import type { Chosen } from '../../../gateway/fabric/endorsing-organizations.js';
import { gatewayError } from '../../support/gateway-error.js';

const ALL = ['OperatorMSP', 'PartnerMSP', 'AuditorMSP'];
const DIFFER = gatewayError(status.ABORTED, 'ProposalResponsePayloads do not match');
const MISSING = gatewayError(status.UNAVAILABLE, 'no peers available');
const REFUSED = gatewayError(
  status.ABORTED,
  'chaincode response 500, {"code":"ID_CONFLICT","detail":"in use","errors":[]}',
);

const MIXED = gatewayError(status.ABORTED, 'ProposalResponsePayloads do not match', 'connection refused');

/** Peers that fail so often, and then endorse, after 300 ms each; which organizations were asked each time. */
function peers(...failures: Error[]) {
  const asked: (readonly string[] | undefined)[] = [];
  const clock = { ms: 1_000_000 };
  const endorse = ({ endorsingOrganizations }: Chosen): Promise<number> => {
    asked.push(endorsingOrganizations);
    clock.ms += 300;
    const failure = failures.shift();
    return failure ? Promise.reject(failure) : Promise.resolve(asked.length);
  };
  const organizations = new EndorsingOrganizations(ALL, () => clock.ms);
  return { asked, clock, endorse, organizations };
}

describe('the organizations that are asked to endorse', () => {
  it('are all of them', async () => {
    const { asked, endorse, organizations } = peers();
    await organizations.ask(endorse);
    assert.deepEqual(asked, [ALL]);
  });

  it('are all of them again where one peer is behind the others', async () => {
    const { asked, endorse, organizations } = peers(DIFFER, DIFFER);
    assert.equal(await organizations.ask(endorse), 3);
    await organizations.ask(endorse);
    assert.deepEqual(asked, [ALL, ALL, ALL, ALL]);
  });

  for (const { what, failures, forMs } of [
    { what: 'for a moment where they do not come to agree', failures: [DIFFER, DIFFER, DIFFER], forMs: 1000 },
    { what: 'for a while where one is missing', failures: [MISSING], forMs: 15_000 },
    { what: 'for a while where one is missing and another one behind', failures: [MIXED], forMs: 15_000 },
    { what: 'for a while where one is missing after a pause', failures: [DIFFER, MISSING], forMs: 15_000 },
  ]) {
    it(`are the peer's own choice ${what}`, async () => {
      const { asked, clock, endorse, organizations } = peers(...failures);
      const tries = failures.map(() => ALL);
      await organizations.ask(endorse);
      const until = clock.ms + forMs;
      clock.ms = until - 1;
      await organizations.ask(endorse);
      clock.ms = until;
      await organizations.ask(endorse);
      assert.deepEqual(asked, [...tries, undefined, undefined, ALL]);
    });
  }

  it("are the peer's own choice for whoever waits for a peer that another call has found missing", async () => {
    const { endorse: own, asked, organizations } = peers(DIFFER);
    const waiting = organizations.ask(own);
    await organizations.ask(peers(MISSING).endorse);
    await waiting;
    assert.deepEqual(asked, [ALL, undefined]);
  });

  it('are not asked again for what the contract has refused', async () => {
    const { asked, endorse, organizations } = peers(DIFFER, REFUSED);
    await assert.rejects(organizations.ask(endorse), REFUSED);
    assert.deepEqual(asked, [ALL, ALL]);
  });

  it('stay all of them where the peer has no other choice either', async () => {
    const { asked, endorse, organizations } = peers(MISSING, MISSING);
    await assert.rejects(organizations.ask(endorse), MISSING);
    await organizations.ask(endorse);
    assert.deepEqual(asked, [ALL, undefined, ALL]);
  });
});
