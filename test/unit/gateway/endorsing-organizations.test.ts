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

  it("are the peer's own choice, for once, where they do not come to agree", async () => {
    const { asked, endorse } = peers(DIFFER, DIFFER, DIFFER);
    const organizations = new EndorsingOrganizations(ALL);
    await organizations.ask(endorse);
    await organizations.ask(endorse);
    assert.deepEqual(asked, [ALL, ALL, ALL, undefined, ALL]);
  });

  it("are the peer's own choice for a while where one is missing", async () => {
    const { asked, endorse } = peers(MISSING);
    const organizations = new EndorsingOrganizations(ALL);
    await organizations.ask(endorse);
    await organizations.ask(endorse);
    assert.deepEqual(asked, [ALL, undefined, undefined]);
  });

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
