import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { describe, it } from 'mocha';
import { loadOrganization } from '../../network/identities/index.js';
import type { OrganizationMaterial } from '../../network/identities/index.js';
import { renew } from '../../network/native/index.js';
import { organizationFolder } from '../../network/native/layout.js';
import { openLayout } from '../../network/native/settings.js';
import { newEvent } from '../support/events.js';
import { withBft } from '../support/native-options.js';
import { findingsWhenLevel } from '../support/network-under-test.js';
import { Load } from './load.js';
import { useNativeNetwork } from './network.js';

const NETWORKS: [string, Parameters<typeof useNativeNetwork>[0]][] = [
  ['three Raft orderers', ({ ordering, ...rest }) => ({ ...rest, ordering: { ...ordering, orderers: 3 } })],
  ['four BFT orderers', withBft],
];
const ROLES = ['peers', 'orderers', 'clients'] as const;

for (const [name, change] of NETWORKS) {
  describe(`the certificates of a network with ${name}, renewed under load`, function () {
    this.timeout(240_000);
    const native = useNativeNetwork(change);
    const readAll = (): OrganizationMaterial[] =>
      ['operator', 'partner', 'auditor', 'orderer'].map((one) =>
        loadOrganization(organizationFolder(native().options.dir, one)),
      );
    let before: OrganizationMaterial[];
    let load: Load;

    it('are renewed while every session goes on', async function () {
      const { options, apis } = native();
      before = readAll();
      load = new Load(apis.operator, 2);
      await load.untilAcknowledging();
      const start = Date.now();
      await renew(options);
      if (this.test) this.test.title += ` (${((Date.now() - start) / 1000).toFixed(1)} s)`;
      await load.untilAcknowledging();
      await load.stop();
      assert.deepEqual(await findingsWhenLevel(options), []);
    });

    it('come from the same authorities; orderers keep their keys, all others have new ones', () => {
      for (const [index, organization] of readAll().entries()) {
        const old = before[index] ?? assert.fail();
        assert.equal(organization.caCertificatePem, old.caCertificatePem);
        const { publicKey } = new X509Certificate(organization.caCertificatePem);
        for (const role of ROLES) {
          for (const [position, identity] of organization[role].entries()) {
            const former = old[role][position] ?? assert.fail();
            assert.ok(new X509Certificate(identity.certificatePem).verify(publicKey));
            assert.notEqual(identity.certificatePem, former.certificatePem);
            assert.notEqual(identity.tls.certificatePem, former.tls.certificatePem);
            assert.equal(identity.privateKeyPem === former.privateKeyPem, role === 'orderers');
            assert.equal(identity.tls.privateKeyPem === former.tls.privateKeyPem, role === 'orderers');
          }
        }
      }
    });

    it('are those that every node shows', async () => {
      const { dir, definition } = native().options;
      const { peers, orderers } = openLayout(dir, definition);
      const identities = readAll().flatMap((one) => [...one.peers, ...one.orderers]);
      for (const { name: node, port } of [...peers, ...orderers]) {
        const { tls } = identities.find((one) => one.name === node) ?? assert.fail(node);
        assert.equal(await shownAt(port), new X509Certificate(tls.certificatePem).fingerprint256, node);
      }
    });

    it('are what a gateway signs with that was not restarted', async () => {
      const { operator } = native().apis;
      const [{ clients } = assert.fail()] = readAll();
      const { raw } = new X509Certificate(clients[0]?.certificatePem ?? '');
      const renewed = createHash('sha256').update(raw).digest('hex');
      for (let signer = ''; signer !== renewed;) {
        const { tx_id: id } = await operator.record(newEvent());
        const { creator } = (await operator.read(`/v1/transactions/${id}`)) as {
          creator: { certificate_sha256: string };
        };
        signer = creator.certificate_sha256;
      }
    });
  });
}

/** Fingerprint of the certificate that a server answers with. */
async function shownAt(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}
