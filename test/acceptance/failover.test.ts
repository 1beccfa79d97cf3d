import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { readConnectionProfile } from '../../gateway/fabric/connection-profile.js';
import { SCOPES } from '../../gateway/http/tokens.js';
import { startGateway } from '../../gateway/index.js';
import type { RunningGateway } from '../../gateway/index.js';
import { loadOrganization } from '../../network/identities/index.js';
import { Api } from '../support/api.js';
import { useGateways, writeTokens } from '../support/consortium.js';
import { CuttableAddress } from '../support/cuttable-address.js';
import { newEvent, newSession } from '../support/events.js';
import { Stream } from '../support/stream.js';

interface ProfileFile {
  identity: { certificate: string; private_key: string };
  peers: { endpoint: string; tls: { ca: string } | null }[];
  organization_roots: Record<string, string>;
  orderer_roots: Record<string, string>;
}

describe('a gateway whose peers come and go', function () {
  this.timeout(60_000);
  const gateways = useGateways();
  let addresses: CuttableAddress[];
  let folder: string;
  let gateway: RunningGateway;
  let api: Api;

  before(async () => {
    const config = gateways().consortium.config('operator', 'failover');
    const { peers } = await readConnectionProfile(config.profile);
    const endpoint = peers[0]?.endpoint ?? assert.fail();
    addresses = [await CuttableAddress.open(endpoint), await CuttableAddress.open(endpoint)];
    folder = path.join(config.dataDir, 'profile');
    const profile = writeProfile(config.profile, folder, addresses);
    const [token] = writeTokens(config.tokensFile, [{ subject: 'op', agents: '*', scopes: SCOPES }]);
    gateway = await startGateway({ ...config, profile, timeouts: { profileRecheckMs: 20 } });
    api = new Api(gateway.url, token);
  });
  after(async () => {
    await gateway.close();
    for (const address of addresses) await address.cut();
  });

  const both = () => [addresses[0] ?? assert.fail(), addresses[1] ?? assert.fail()] as const;

  it('reads and records at the next peer, whichever of the two is gone', async () => {
    for (const gone of both()) {
      await gone.cut();
      const { locator } = await api.record(newEvent());
      await api.read(`/v1/events/${locator}`);
      await gone.restore();
    }
  });

  it('says that the ledger is not there when both are gone, and goes on when one is back', async () => {
    const [first, second] = both();
    await first.cut();
    await second.cut();
    const answer = await api.get('/v1/ledger');
    assert.equal(answer.problem.code, 'LEDGER_UNAVAILABLE');
    const posted = api.record(newEvent());
    await second.restore();
    const { locator } = await posted;
    await api.read(`/v1/events/${locator}`);
    await first.restore();
  });

  it('goes on with a stream where it was: nothing is missing, nothing twice', async () => {
    const session_id = newSession();
    const stream = await Stream.open(api, `session_id=${session_id}`);
    const recorded: string[] = [];
    for (const gone of [...both(), ...both()]) {
      recorded.push((await api.record(newEvent({ session_id }))).locator);
      await gone.cut();
      recorded.push((await api.record(newEvent({ session_id }))).locator);
      await gone.restore();
    }
    const seen = await stream.take(recorded.length);
    stream.close();
    assert.deepEqual(
      seen.map(({ event }) => event.locator),
      recorded,
    );
  });

  it('signs with a renewed certificate as soon as both its files are there', async () => {
    const { dir } = gateways().consortium;
    const { admin: renewed } = loadOrganization(path.join(dir, 'network/organizations/operator'));
    const before = await signerOfNext();
    writeFileSync(path.join(folder, 'certificate.pem'), renewed.certificatePem);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(await signerOfNext(), before);
    writeFileSync(path.join(folder, 'key.pem'), renewed.privateKeyPem);
    while ((await signerOfNext()) === before) continue;
  });

  /** SHA-256 of the certificate under which the gateway records. */
  async function signerOfNext(): Promise<string> {
    const { tx_id: id } = await api.record(newEvent());
    const { creator } = (await api.read(`/v1/transactions/${id}`)) as { creator: { certificate_sha256: string } };
    return creator.certificate_sha256;
  }
});

/** The profile with other addresses, and files of its own for the identity. */
function writeProfile(original: string, folder: string, addresses: readonly CuttableAddress[]): string {
  const profile = JSON.parse(readFileSync(original, 'utf8')) as ProfileFile;
  const absolute = (name: string): string => path.resolve(path.dirname(original), name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'certificate.pem'), readFileSync(absolute(profile.identity.certificate)));
  writeFileSync(path.join(folder, 'key.pem'), readFileSync(absolute(profile.identity.private_key)));
  const file = path.join(folder, 'connection.json');
  const rootsOf = (files: Record<string, string>): object =>
    Object.fromEntries(Object.entries(files).map(([mspId, name]) => [mspId, absolute(name)]));
  const [peer] = profile.peers;
  const tls = peer?.tls ? { ...peer.tls, ca: absolute(peer.tls.ca) } : null;
  const content = {
    ...profile,
    identity: { certificate: 'certificate.pem', private_key: 'key.pem' },
    peers: addresses.map(({ endpoint }) => ({ endpoint, tls })),
    organization_roots: rootsOf(profile.organization_roots),
    orderer_roots: rootsOf(profile.orderer_roots),
  };
  writeFileSync(file, JSON.stringify(content));
  return file;
}
