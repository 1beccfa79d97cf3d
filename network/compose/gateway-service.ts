import { dirname, join } from 'node:path';
import type { PeerOrganization } from '../definition/index.js';
import { authorityFile, identityFolder, TLS_FILES } from '../identities/index.js';
import { organizationFolder } from '../native/layout.js';
import type { NativeLayout } from '../native/layout.js';
import { profileFile } from '../native/profile.js';
import type { BuiltProduct } from './compose-file.js';
import { common, IMAGES, onLoopback, PATIENCE, readOnly } from './service-parts.js';

/**
 * The gateway as a container: Node's own image, in which the product is mounted as it was built, like the chaincode.
 * There is no image of this project to build, to publish or to trust.
 */

const DATA = '/var/lib/audit-gateway';

export const gatewayName = ({ domain }: PeerOrganization): string => `gateway.${domain}`;

/** Where whoever starts the network puts the digests of an organization's tokens. */
export const tokensFile = (dir: string, { name }: PeerOrganization): string =>
  join(dir, 'gateways', name, 'tokens.json');

/** Behind the ports of all nodes, in the order of the organizations. */
export function gatewayPort({ definition, peers }: NativeLayout, organization: PeerOrganization): number {
  const last = Math.max(...peers.map(({ chaincode }) => chaincode.port));
  return last + 1 + definition.organizations.indexOf(organization);
}

/** It listens in its container for others, so it speaks TLS, with a certificate for localhost. */
export function gatewayService(
  layout: NativeLayout,
  organization: PeerOrganization,
  { bundle, libraries }: BuiltProduct,
): object {
  const { dir, definition } = layout;
  const port = gatewayPort(layout, organization);
  const built = dirname(bundle);
  const client = `${organization.clients[0] ?? ''}@${organization.domain}`;
  const identity = identityFolder(organizationFolder(dir, organization.name), 'client', client);
  const tls = (kind: keyof typeof TLS_FILES): string => join(identity, 'tls', TLS_FILES[kind]);
  const profile = profileFile(dir, organization.name, 'the network');
  const peers = layout.peers.filter(({ mspId }) => mspId === organization.mspId);
  const everyone = [...definition.organizations, definition.ordering.organization];
  const roots = everyone.map(({ name }) => authorityFile(organizationFolder(dir, name), 'ca'));
  const ask = `fetch('https://localhost:${port}/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;
  return {
    ...common(IMAGES.node, { cpus: '1', memory: '1g' }),
    command: ['node', join(built, 'scripts', 'gateway.js')],
    environment: {
      NODE_ENV: 'production',
      NODE_EXTRA_CA_CERTS: tls('ca'),
      GATEWAY_HOST: '0.0.0.0',
      GATEWAY_PORT: String(port),
      GATEWAY_PROFILE: profile,
      GATEWAY_DATA_DIR: DATA,
      GATEWAY_TOKENS: tokensFile(dir, organization),
      GATEWAY_TLS_CERTIFICATE: tls('certificate'),
      GATEWAY_TLS_KEY: tls('privateKey'),
    },
    ports: [onLoopback(port)],
    volumes: [
      ...[built, libraries, join(dirname(libraries), 'package.json')].map(readOnly),
      ...[dirname(profile), dirname(tokensFile(dir, organization)), identity].map(readOnly),
      ...[...roots, ...peers.map((peer) => join(peer.identity, 'tls', TLS_FILES.ca))].map(readOnly),
      `${gatewayName(organization)}:${DATA}`,
    ],
    depends_on: Object.fromEntries(peers.map(({ name }) => [name, { condition: 'service_healthy' }])),
    healthcheck: { ...PATIENCE, test: ['CMD', 'node', '-e', ask] },
  };
}
