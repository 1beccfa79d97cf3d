import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import type { Organization } from '../support/consortium.js';
import { useGateways } from '../support/consortium.js';
import { newEvent } from '../support/events.js';

describe('which organizations a gateway asks to endorse', () => {
  const gateways = useGateways();

  /** The endorsers of an event that a gateway records whose profile names these organizations. */
  async function endorsersFor(organization: Organization, organizations: string[]): Promise<string[]> {
    const { consortium } = gateways();
    const name = `${organization}-${organizations.length}`;
    const { profile } = consortium.config(organization, name);
    const changed = path.join(path.dirname(profile), `${name}.json`);
    const content = JSON.parse(readFileSync(profile, 'utf8')) as Record<string, unknown>;
    writeFileSync(changed, JSON.stringify({ ...content, organizations }));
    const api = await consortium.startGateway(organization, name, { profile: changed });
    await api.record(newEvent());
    return (await api.record(newEvent())).endorsed_by;
  }

  it('asks those of its connection profile', async () => {
    const named = ['OperatorMSP', 'PartnerMSP'];
    assert.deepEqual(await endorsersFor('operator', named), named);
  });

  it('does with what the policy needs where one of them cannot be reached', async () => {
    const named = ['OperatorMSP', 'PartnerMSP', 'AuditorMSP', 'AbsentMSP'];
    const endorsers = await endorsersFor('partner', named);
    assert.ok(endorsers.length >= 2, 'the policy asks for two');
    assert.ok(endorsers.every((mspId) => named.includes(mspId)));
  });
});
