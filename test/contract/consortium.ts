import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before } from 'mocha';
import { openConnection } from '../../gateway/fabric/connection.js';
import type { FabricConnection } from '../../gateway/fabric/connection.js';
import { readConnectionProfile } from '../../gateway/fabric/connection-profile.js';
import { openFabricLedger } from '../../gateway/fabric/fabric-ledger.js';
import type { AuditLedger } from '../../gateway/ledger/audit-ledger.js';
import { startEmbeddedNetwork } from '../../network/embedded/index.js';
import type { EmbeddedNetwork } from '../../network/embedded/index.js';

const TIMEOUTS = { evaluateMs: 20_000, endorseMs: 20_000, submitMs: 20_000, commitMs: 20_000 };

export type Organization = 'operator' | 'partner' | 'auditor';

/** The contract as each organization's client sees it, on one embedded network for all tests of the tier. */
export interface Consortium {
  operator: AuditLedger;
  partner: AuditLedger;
  auditor: AuditLedger;
  /** The operator's connection itself, for calls that no gateway makes. */
  raw: FabricConnection['gateway'];
}

let opened: (Consortium & { close(): Promise<void> }) | undefined;

/** To be called at the top of a test file: the ledger is there from the first test on. */
export function useConsortium(): () => Consortium {
  before(async function () {
    this.timeout(60_000);
    opened ??= await open();
  });
  return () => {
    if (!opened) throw new Error('the network is not running');
    return opened;
  };
}

after(async () => {
  await opened?.close();
});

async function open() {
  const dataDir = mkdtempSync(join(tmpdir(), 'audit-contract-'));
  const network = await startEmbeddedNetwork({
    dataDir,
    chaincodePackageDir: fileURLToPath(new URL('../../chaincode-package', import.meta.url)),
    simulate: 'each',
    values: 'couchdb',
  });
  const [operator, partner, auditor] = await Promise.all([
    connect(network, 'operator'),
    connect(network, 'partner'),
    connect(network, 'auditor'),
  ]);
  const profile = await readConnectionProfile(profileOf(network, 'operator'));
  const [peer] = profile.peers;
  if (!peer) throw new Error('the profile has no peer');
  const raw = openConnection(profile, peer, TIMEOUTS);
  const close = async () => {
    for (const connection of [operator, partner, auditor, raw]) connection.close();
    await network.close();
    rmSync(dataDir, { recursive: true });
  };
  return { operator, partner, auditor, raw: raw.gateway, close };
}

async function connect(network: EmbeddedNetwork, organization: Organization): Promise<AuditLedger> {
  return openFabricLedger(await readConnectionProfile(profileOf(network, organization)), { timeouts: TIMEOUTS });
}

function profileOf(network: EmbeddedNetwork, organization: Organization): string {
  const profile = network.profiles[organization];
  if (profile === undefined) throw new Error(`the network has no ${organization}`);
  return profile;
}
