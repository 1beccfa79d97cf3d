import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { createOrganization, identityFolder } from '../../network/identities/index.js';
import { findPrograms, runProgram } from '../../network/native/programs.js';
import type { Programs } from '../../network/native/programs.js';
import { writeYaml } from '../../network/native/yaml-file.js';

const REQUEST = { name: 'operator', mspId: 'OperatorMSP', domain: 'operator.example', peers: 1, clients: ['gateway'] };

/** What Fabric's own code says of an identity: the peer command loads its MSP folder before it does anything else. */
describe("identities before Fabric's own membership code", () => {
  let dir: string;
  let programs: Programs;
  before(async () => {
    programs = findPrograms() ?? assert.fail("Fabric's programs are not here");
    dir = mkdtempSync(path.join(tmpdir(), 'demo-identities-'));
    await createOrganization(REQUEST, { dir: path.join(dir, 'demo'), demo: true });
    await createOrganization(REQUEST, { dir: path.join(dir, 'real'), demo: false });
    writeYaml(path.join(dir, 'core.yaml'), {
      peer: {
        localMspId: 'OperatorMSP',
        localMspType: 'bccsp',
        BCCSP: { Default: 'SW', SW: { Hash: 'SHA2', Security: 256 } },
      },
    });
  });
  after(() => rmSync(dir, { recursive: true }));

  /** The words of the error: nobody listens on the address, so a good identity fails later, at the connection. */
  async function errorOf(identity: string): Promise<string> {
    const env = {
      FABRIC_CFG_PATH: dir,
      CORE_PEER_MSPCONFIGPATH: path.join(identity, 'msp'),
      CORE_PEER_ADDRESS: '127.0.0.1:1',
      CORE_PEER_CLIENT_CONNTIMEOUT: '1s',
    };
    try {
      await runProgram(programs.peer, ['channel', 'list'], env);
      return '';
    } catch (error) {
      return String(error);
    }
  }

  it('pass where they are real', async () => {
    const peer = identityFolder(path.join(dir, 'real'), 'peer', 'peer0.operator.example');
    assert.match(await errorOf(peer), /failed to connect|connection refused|context deadline/i);
  });

  it('pass where a demonstration’s client uses them', async () => {
    const client = identityFolder(path.join(dir, 'demo'), 'client', 'gateway@operator.example');
    assert.match(await errorOf(client), /failed to connect|connection refused|context deadline/i);
  });

  it('are refused where a demonstration’s peer uses them', async () => {
    const peer = identityFolder(path.join(dir, 'demo'), 'peer', 'peer0.operator.example');
    assert.match(await errorOf(peer), /unhandled critical extension/);
  });
});
