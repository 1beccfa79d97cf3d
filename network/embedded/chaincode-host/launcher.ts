import type { ChaincodeStream } from './chaincode-connection.js';
import { dialChaincode } from './dial-chaincode.js';
import { InProcessChaincode } from './in-process-chaincode.js';

/**
 * Where the chaincode runs: in this process, as a service that each peer dials (`host:port` by organization name; one
 * server may serve them all), or in processes that dial their peers.
 */
export type ChaincodeSource =
  { kind: 'in-process' } | { kind: 'service'; addresses: Record<string, string> } | { kind: 'dials-in' };

/** How the peer of an organization opens a stream to its chaincode; `undefined` where it waits to be dialled. */
export type Launcher = (organization: string) => (() => ChaincodeStream) | undefined;

export async function launcherFor(source: ChaincodeSource, packageDir: string, chaincodeId: string): Promise<Launcher> {
  if (source.kind === 'dials-in') return () => undefined;
  if (source.kind === 'in-process') {
    const chaincode = await InProcessChaincode.load(packageDir, chaincodeId);
    return () => () => chaincode.open();
  }
  return (organization) => {
    const address = source.addresses[organization];
    if (address === undefined) throw new Error(`no chaincode address is given for ${organization}`);
    return () => dialChaincode(address);
  };
}
