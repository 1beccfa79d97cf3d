import { randomBytes } from 'node:crypto';
import { common, peer } from '@hyperledger/fabric-protos';
import timestampPb from 'google-protobuf/google/protobuf/timestamp_pb.js';
import type { ConsortiumDefinition } from '../../definition/index.js';
import type { Ledger } from '../ledger/types.js';
import type { Signer } from '../msp/signer.js';
import { SYSTEM_CHAINCODE_VERSION } from '../system-chaincodes/index.js';
import { sha256 } from '../wire/sha256.js';
import { LIFECYCLE, parseSequence, sequenceKey } from '../wire/lifecycle-state.js';
import { prepareTransaction } from '../wire/prepare-transaction.js';
import { serializeTxRwset } from '../wire/serialize-rwset.js';
import { computeTxId } from '../wire/transaction-id.js';
import {
  applicationPolicy,
  collectionPackage,
  definitionState,
  ENDORSEMENT_PLUGIN,
  VALIDATION_PLUGIN,
} from './definition-state.js';

export interface DefinitionRequest {
  definition: ConsortiumDefinition;
  ledger: Ledger;
  /** The administrator who submits it. */
  submitter: Signer;
  /** One peer of each organization that agrees. */
  endorsers: readonly Signer[];
}

/**
 * The transaction by which the channel takes the chaincode's definition over, as `peer lifecycle chaincode commit` makes
 * it: the first, or the next sequence where version, policy or collections have changed. The state stays as it is.
 * @returns the signed envelope; undefined where the channel has this very definition
 */
export function definitionTransaction(request: DefinitionRequest): Uint8Array | undefined {
  const { definition, ledger, submitter, endorsers } = request;
  const { chaincode } = definition;
  const committed = ledger.state(LIFECYCLE, sequenceKey(chaincode.name));
  const sequence = committed ? parseSequence(committed.value) : 0;
  if (sequence > 0 && isCommitted(ledger, definitionState(chaincode, sequence))) return undefined;
  const nonce = randomBytes(24);
  const channelHeader = headerOf(definition.channel, computeTxId(nonce, submitter.creator));
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(submitter.creator);
  signatureHeader.setNonce(nonce);
  const parts = {
    channelHeader,
    signatureHeader: signatureHeader.serializeBinary(),
    publicPayload: proposalPayload(chaincode, sequence + 1),
  };
  const writes = definitionState(chaincode, sequence + 1).map(([key, value]) => ({ key, value, isDelete: false }));
  const version = committed && { version: committed.version };
  const results = serializeTxRwset([
    {
      namespace: LIFECYCLE,
      reads: [{ key: sequenceKey(chaincode.name), ...version }],
      rangeReads: [],
      writes,
      collections: [],
    },
  ]);
  const hash = sha256(parts.channelHeader, parts.signatureHeader, parts.publicPayload);
  const payload = responsePayload(hash, results);
  const endorsements = endorsers.map((endorser) => {
    const endorsement = new peer.Endorsement();
    endorsement.setEndorser(endorser.creator);
    endorsement.setSignature(endorser.sign(payload, endorser.creator));
    return endorsement;
  });
  const envelope = prepareTransaction(parts, payload, endorsements);
  envelope.setSignature(submitter.sign(envelope.getPayload_asU8()));
  return envelope.serializeBinary();
}

function isCommitted(ledger: Ledger, wanted: readonly [string, Uint8Array][]): boolean {
  return wanted.every(([key, value]) => {
    const stored = ledger.state(LIFECYCLE, key);
    return stored !== undefined && Buffer.compare(stored.value, value) === 0;
  });
}

function headerOf(channel: string, txId: string): Uint8Array {
  const chaincodeId = new peer.ChaincodeID();
  chaincodeId.setName(LIFECYCLE);
  const extension = new peer.ChaincodeHeaderExtension();
  extension.setChaincodeId(chaincodeId);
  const timestamp = new timestampPb.Timestamp();
  timestamp.fromDate(new Date());
  const header = new common.ChannelHeader();
  header.setType(common.HeaderType.ENDORSER_TRANSACTION);
  header.setChannelId(channel);
  header.setTxId(txId);
  header.setTimestamp(timestamp);
  header.setExtension$(extension.serializeBinary());
  return header.serializeBinary();
}

function proposalPayload(chaincode: ConsortiumDefinition['chaincode'], sequence: number): Uint8Array {
  const args = new peer.lifecycle.CommitChaincodeDefinitionArgs();
  args.setName(chaincode.name);
  args.setVersion(chaincode.version);
  args.setSequence(sequence);
  args.setEndorsementPlugin(ENDORSEMENT_PLUGIN);
  args.setValidationPlugin(VALIDATION_PLUGIN);
  args.setValidationParameter(applicationPolicy(chaincode.endorsementPolicy).serializeBinary());
  args.setCollections(collectionPackage(chaincode));
  const input = new peer.ChaincodeInput();
  input.setArgsList([Buffer.from('CommitChaincodeDefinition'), args.serializeBinary()]);
  const chaincodeId = new peer.ChaincodeID();
  chaincodeId.setName(LIFECYCLE);
  const spec = new peer.ChaincodeSpec();
  spec.setChaincodeId(chaincodeId);
  spec.setInput(input);
  const invocation = new peer.ChaincodeInvocationSpec();
  invocation.setChaincodeSpec(spec);
  const payload = new peer.ChaincodeProposalPayload();
  payload.setInput(invocation.serializeBinary());
  return payload.serializeBinary();
}

function responsePayload(proposalHash: Uint8Array, results: Uint8Array): Uint8Array {
  const response = new peer.Response();
  response.setStatus(200);
  const chaincodeId = new peer.ChaincodeID();
  chaincodeId.setName(LIFECYCLE);
  chaincodeId.setVersion(SYSTEM_CHAINCODE_VERSION);
  const action = new peer.ChaincodeAction();
  action.setResults(results);
  action.setResponse(response);
  action.setChaincodeId(chaincodeId);
  const payload = new peer.ProposalResponsePayload();
  payload.setProposalHash(proposalHash);
  payload.setExtension$(action.serializeBinary());
  return payload.serializeBinary();
}
