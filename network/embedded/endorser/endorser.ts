import { peer } from '@hyperledger/fabric-protos';
import protobuf from 'protobufjs/minimal.js';
import type { Channel } from '../channel.js';
import type { ChaincodeSupport } from '../chaincode-host/chaincode-support.js';
import type { NamespaceRwset } from '../ledger/types.js';
import { isApplicationReader, isApplicationWriter, unsatisfied } from '../msp/channel-policies.js';
import type { MspIdentity } from '../msp/membership.js';
import type { Signer } from '../msp/signer.js';
import { invokeSystemChaincode, isSystemChaincode, SYSTEM_CHAINCODE_VERSION } from '../system-chaincodes/index.js';
import { writeTxRwset } from '../wire/serialize-rwset.js';
import { writeBytes, writeMessage, writeText } from '../wire/write-fields.js';
import { collectionAccess } from './collection-access.js';
import { checkCouchDbValue, couchDbReader } from './couchdb-values.js';
import { checkProposal, ProposalRefusedError } from './proposal-checks.js';
import { unpackProposal, type Proposal } from './proposal.js';
import type { PrivateWriteSet } from './private-simulation.js';
import { Simulation, type SimulationResults } from './simulation.js';
import { transactionTimestamp } from './transaction-timestamp.js';

/** What simulating a proposal gave; `payload` (a serialized ProposalResponsePayload) is there to be endorsed. */
export interface SimulatedProposal {
  response: peer.Response;
  payload: Uint8Array;
  privateWrites: PrivateWriteSet[];
  /** Private collections that were read or written. */
  collections: string[];
}

/** A proposal that was checked, with its verified creator. */
export type CheckedProposal = Proposal & { identity: MspIdentity };

/** What chaincode answered; what it read and wrote is put together only for who asks. */
interface ChaincodeOutcome {
  response: peer.Response;
  event?: { name: string; payload: Uint8Array };
  version: string;
  results: () => SimulationResults;
}

/** From this status on, a response is not endorsed. */
const ERROR_THRESHOLD = 400;
const NO_RESULTS: SimulationResults = { rwset: [], privateWrites: [], collections: [] };

/** One organization's endorsing peer. */
export class Endorser {
  constructor(
    readonly channel: Channel,
    readonly signer: Signer,
    /** `host:port` of the peer, for error details. */
    readonly address: string,
    readonly chaincode: ChaincodeSupport,
  ) {}

  get mspId(): string {
    return this.signer.mspId;
  }

  /**
   * Endorser.ProcessProposal: check, simulate, sign.
   * @throws {ProposalRefusedError} where the proposal itself is refused; other failures are in the response
   */
  async processProposal(signed: peer.SignedProposal): Promise<peer.ProposalResponse> {
    const proposal = this.check(unpack(signed));
    try {
      const simulated = await this.simulate(proposal);
      return this.respond(proposal, simulated);
    } catch (error) {
      return peerErrorResponse(error instanceof Error ? error.message : 'failed');
    }
  }

  /** @throws {ProposalRefusedError} */
  check(proposal: Proposal, nowMs = Date.now()): CheckedProposal {
    const { channelId, membership, ledger } = this.channel;
    // The `peer` program asks system chaincodes outside of any channel.
    const isChannelless = proposal.channelId === '' && isSystemChaincode(proposal.chaincodeName);
    if (proposal.channelId !== channelId && !isChannelless)
      throw new ProposalRefusedError(`channel '${proposal.channelId}' not found`);
    const identity = checkProposal(proposal, membership, (txId) => ledger.transaction(txId) !== undefined, nowMs);
    this.#checkAccess(proposal, identity);
    return { ...proposal, identity };
  }

  /** @throws {Error} where the peer, not the chaincode, failed */
  async simulate(proposal: CheckedProposal): Promise<SimulatedProposal> {
    const { outcome, results } = await this.channel.stateLock.simulate(async () => {
      const executed = await this.#execute(proposal);
      return { outcome: executed, results: executed.results() };
    });
    const { privateWrites, collections, rwset } = results;
    return {
      response: outcome.response,
      payload: responsePayload(proposal, outcome, rwset),
      privateWrites,
      collections,
    };
  }

  /** What the chaincode answers, of which nothing is to be endorsed. @throws {Error} as `simulate` */
  async evaluate(proposal: CheckedProposal): Promise<Pick<SimulatedProposal, 'response'>> {
    const { response } = await this.channel.stateLock.simulate(() => this.#execute(proposal));
    return { response };
  }

  respond(proposal: Proposal, { response, payload, privateWrites }: SimulatedProposal): peer.ProposalResponse {
    const answer = new peer.ProposalResponse();
    answer.setResponse(response);
    if (proposal.channelId === '') return answer; // nothing that could become a transaction
    answer.setPayload(payload);
    if (response.getStatus() >= ERROR_THRESHOLD) return answer;
    this.channel.transientStore.put(proposal.txId, privateWrites);
    answer.setVersion(1);
    answer.setEndorsement(this.endorse(payload));
    return answer;
  }

  /** The endorsement covers the payload and the endorser's own serialized identity. */
  endorse(payload: Uint8Array): peer.Endorsement {
    const endorsement = new peer.Endorsement();
    endorsement.setEndorser(this.signer.creator);
    endorsement.setSignature(this.signer.sign(payload, this.signer.creator));
    return endorsement;
  }

  /** The channel's policies, as a peer's default access control applies them. */
  #checkAccess({ chaincodeName, channelId }: Proposal, identity: MspIdentity): void {
    const { applicationMspIds } = this.channel;
    const policy = isSystemChaincode(chaincodeName) ? 'Readers' : 'Writers';
    const isAllowed = policy === 'Readers' ? isApplicationReader : isApplicationWriter;
    if (isAllowed(identity, applicationMspIds)) return;
    throw new ProposalRefusedError(
      `Failed evaluating policy on signed data during check policy on channel [${channelId}] with policy [/Channel/Application/${policy}]: [${unsatisfied(policy)}]`,
    );
  }

  #simulation(txId: string): Simulation {
    const { chaincode, ledger, values } = this.channel;
    const collections = new Set(chaincode.collections.keys());
    if (values === 'exact') return new Simulation(ledger, txId, chaincode.name, collections);
    return new Simulation(couchDbReader(ledger), txId, chaincode.name, collections, checkCouchDbValue);
  }

  async #execute(proposal: CheckedProposal): Promise<ChaincodeOutcome> {
    const { channelId, chaincode, ledger } = this.channel;
    if (isSystemChaincode(proposal.chaincodeName)) {
      const response = invokeSystemChaincode(proposal.chaincodeName, proposal.args, this.channel);
      return { response, version: SYSTEM_CHAINCODE_VERSION, results: () => NO_RESULTS };
    }
    if (proposal.chaincodeName !== chaincode.name) {
      throw new Error(
        `make sure the chaincode ${proposal.chaincodeName} has been successfully defined on channel ${channelId} and try again: chaincode ${proposal.chaincodeName} not found`,
      );
    }
    const simulation = this.#simulation(proposal.txId);
    try {
      const connection = await this.chaincode.connection();
      const { response, event } = await connection.execute({
        channelId,
        txId: proposal.txId,
        input: proposal.input,
        proposal: proposal.signed,
        context: {
          simulation,
          checkCollectionAccess: collectionAccess(chaincode, proposal.identity),
          timestampOf: (entry) => transactionTimestamp(ledger, entry),
          queryCount: 0,
          openQueries: new Map(),
        },
      });
      return { response, ...(event && { event }), version: chaincode.version, results: () => simulation.results() };
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'failed';
      throw new Error(`error in simulation: failed to execute transaction ${proposal.txId}: ${reason}`, {
        cause: error,
      });
    } finally {
      simulation.close();
    }
  }
}

/** @throws {ProposalRefusedError} */
function unpack(signed: peer.SignedProposal): Proposal {
  try {
    return unpackProposal(signed);
  } catch (error) {
    throw new ProposalRefusedError(error instanceof Error ? error.message : 'malformed proposal');
  }
}

/** A failure of the peer rather than the chaincode: status 500 and no payload. */
function peerErrorResponse(message: string): peer.ProposalResponse {
  const response = new peer.Response();
  response.setStatus(500);
  response.setMessage(message);
  const answer = new peer.ProposalResponse();
  answer.setResponse(response);
  return answer;
}

/** The serialized ProposalResponsePayload with its ChaincodeAction. */
function responsePayload(
  proposal: Proposal,
  { response, event, version }: Omit<ChaincodeOutcome, 'results'>,
  rwset: readonly NamespaceRwset[],
): Uint8Array {
  const writer = protobuf.Writer.create();
  writeBytes(writer, 1, proposal.proposalHash);
  writeMessage(writer, 2, () => {
    if (rwset.length > 0) writeMessage(writer, 1, () => writeTxRwset(writer, rwset));
    if (event) writeBytes(writer, 2, chaincodeEvent(proposal, event));
    writer.uint32((3 << 3) | 2).bytes(response.serializeBinary());
    writeMessage(writer, 4, () => {
      writeText(writer, 2, proposal.chaincodeName);
      writeText(writer, 3, version);
    });
  });
  return writer.finish();
}

function chaincodeEvent(proposal: Proposal, { name, payload }: { name: string; payload: Uint8Array }): Uint8Array {
  const event = new peer.ChaincodeEvent();
  event.setChaincodeId(proposal.chaincodeName);
  event.setTxId(proposal.txId);
  event.setEventName(name);
  event.setPayload(payload);
  return event.serializeBinary();
}
