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

/** Peers that fail so often, and then endorse; which organizations were asked each time. */
function peers(...failures: Error[]) {
  const asked: (readonly string[] | undefined)[] = [];
  const endorse = ({ endorsingOrganizations }: Chosen): Promise<number> => {
    asked.push(endorsingOrganizations);
    const failure = failures.shift();
    return failure ? Promise.reject(failure) : Promise.resolve(asked.length);
  };
  return { asked, endorse };
}

describe('the organizations that are asked to endorse', () => {
  it('are all of them', async () => {
    const { asked, endorse } = peers();
    await new EndorsingOrganizations(ALL).ask(endorse);
    assert.deepEqual(asked, [ALL]);
  });

  it('are all of them again where one peer is behind the others', async () => {
    const { asked, endorse } = peers(DIFFER, DIFFER);
    const organizations = new EndorsingOrganizations(ALL);
    assert.equal(await organizations.ask(endorse), 3);
    await organizations.ask(endorse);
    assert.deepEqual(asked, [ALL, ALL, ALL, ALL]);
  });

  for (const { what, failures, tries, forMs } of [
    { what: 'for a moment where they do not come to agree', failures: [DIFFER, DIFFER, DIFFER], tries: 3, forMs: 1000 },
    { what: 'for a while where one is missing', failures: [MISSING], tries: 1, forMs: 15_000 },
  ]) {
    it(`are the peer's own choice ${what}`, async () => {
      let now = 1_000_000;
      const { asked, endorse } = peers(...failures);
      const organizations = new EndorsingOrganizations(ALL, () => now);
      await organizations.ask(endorse);
      now += forMs - 1;
      await organizations.ask(endorse);
      now += 1;
      await organizations.ask(endorse);
      assert.deepEqual(asked, [...Array<string[]>(tries).fill(ALL), undefined, undefined, ALL]);
    });
  }

  it('are not asked again for what the contract has refused', async () => {
    const { asked, endorse } = peers(REFUSED);
    await assert.rejects(new EndorsingOrganizations(ALL).ask(endorse), REFUSED);
    assert.deepEqual(asked, [ALL]);
  });

  it('stay all of them where the peer has no other choice either', async () => {
    const { asked, endorse } = peers(MISSING, MISSING);
    const organizations = new EndorsingOrganizations(ALL);
    await assert.rejects(organizations.ask(endorse), MISSING);
    await organizations.ask(endorse);
    assert.deepEqual(asked, [ALL, undefined, ALL]);
  });
});
