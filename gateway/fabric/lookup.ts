import { GatewayError, StatusCode } from '@hyperledger/fabric-gateway';
import type { Contract, Gateway, Identity } from '@hyperledger/fabric-gateway';
import { common, gateway as gatewayProtos, msp, peer } from '@hyperledger/fabric-protos';
import type { ChainInfo, CommitResult, LedgerTransaction } from '../ledger/audit-ledger.js';
import { endorsersOf } from './endorsements.js';
import { readEnvelope } from './envelope.js';
import { toAuditError, UNREACHABLE } from './faults.js';
import type { Members } from './members.js';

/** Reads through `qscc`, the system chaincode that every peer has for its blocks and transactions. */
export class LedgerLookup {
  readonly #gateway: Gateway;
  readonly #qscc: Contract;
  readonly #channel: string;
  readonly #identity: Uint8Array;
  readonly #members: Members;

  constructor(gateway: Gateway, channel: string, members: Members) {
    this.#gateway = gateway;
    this.#qscc = gateway.getNetwork(channel).getContract('qscc');
    this.#channel = channel;
    this.#members = members;
    this.#identity = serializeIdentity(gateway.getIdentity());
  }

  async chainInfo(): Promise<ChainInfo> {
    const info = common.BlockchainInfo.deserializeBinary(await this.#evaluate('GetChainInfo'));
    return {
      height: info.getHeight(),
      currentBlockHash: Buffer.from(info.getCurrentblockhash_asU8()).toString('hex'),
      previousBlockHash: Buffer.from(info.getPreviousblockhash_asU8()).toString('hex'),
    };
  }

  /** `undefined` where the peer has no such block. */
  async block(number: number): Promise<common.Block | undefined> {
    const bytes = await this.#evaluateIfFound('GetBlockByNumber', String(number));
    return bytes && common.Block.deserializeBinary(bytes);
  }

  async transaction(txId: string): Promise<LedgerTransaction | undefined> {
    const bytes = await this.#evaluateIfFound('GetTransactionByID', txId);
    if (!bytes) return undefined;
    const processed = peer.ProcessedTransaction.deserializeBinary(bytes);
    const envelope = processed.getTransactionenvelope();
    const content = envelope && readEnvelope(envelope);
    if (!content) return undefined;
    const { timestamp, creator, notice, action } = content;
    return {
      txId,
      blockNumber: (await this.commitStatus(txId)).blockNumber,
      code: codeName(processed.getValidationcode()),
      timestamp,
      creator,
      endorsedBy: endorsersOf(action, this.#members),
      ...(notice && { notice }),
    };
  }

  /**
   * The peer answers when the transaction is committed, at once if it is already, without sending the block. It may be
   * asked before the transaction is submitted.
   * @throws {Error} of the client: CommitStatusError, GatewayError
   */
  async commitStatus(txId: string): Promise<CommitResult> {
    const request = new gatewayProtos.CommitStatusRequest();
    request.setChannelId(this.#channel);
    request.setTransactionId(txId);
    request.setIdentity(this.#identity);
    const signed = new gatewayProtos.SignedCommitStatusRequest();
    signed.setRequest(request.serializeBinary());
    const { blockNumber, code } = await this.#gateway.newCommit(signed.serializeBinary()).getStatus();
    return { blockNumber: Number(blockNumber), code: codeName(code) };
  }

  async #evaluateIfFound(name: string, argument: string): Promise<Uint8Array | undefined> {
    try {
      return await this.#qscc.evaluateTransaction(name, this.#channel, argument);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw toAuditError(error);
    }
  }

  async #evaluate(name: string, ...args: string[]): Promise<Uint8Array> {
    try {
      return await this.#qscc.evaluateTransaction(name, this.#channel, ...args);
    } catch (error) {
      throw toAuditError(error);
    }
  }
}

function serializeIdentity({ mspId, credentials }: Identity): Uint8Array {
  const identity = new msp.SerializedIdentity();
  identity.setMspid(mspId);
  identity.setIdBytes(credentials);
  return identity.serializeBinary();
}

const CODE_NAMES = new Map(Object.entries(StatusCode).map(([name, code]) => [code as number, name]));

function codeName(code: number): string {
  return CODE_NAMES.get(code) ?? `CODE_${code}`;
}

/** `qscc` answers an unknown id with an error of its own, in words that differ between versions. */
function isNotFound(error: unknown): boolean {
  if (!(error instanceof GatewayError) || UNREACHABLE.includes(error.code)) return false;
  return [error.message, ...error.details.map((detail) => detail.message)].some((text) =>
    /no such (transaction|block)|not found|does not exist/i.test(text),
  );
}
