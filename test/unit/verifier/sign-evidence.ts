import { common as commonProtos } from '@hyperledger/fabric-protos';
import { CHAINCODE, CHANNEL, EVIDENCE_FORMAT, EVIDENCE_VERSION } from '../../../core/index.js';
import type { EvidenceFile, SignedAnswerFile } from '../../../core/index.js';
import type { Signers } from './forge-evidence.js';
import { signAnswer } from './sign-answer.js';
import type { AnswerPlan } from './sign-answer.js';
import type { Endorser } from './signers.js';

/** What honest peers would not have signed, whatever was asked. */
export interface SigningForgery {
  checkpoint?: Partial<AnswerPlan>;
  endorsers?: Endorser[];
  /** Listed among the identities without having signed. */
  listed?: Endorser[];
  height?: number;
  /** One checkpoint of each organization in place of one together. */
  apart?: boolean;
}

/** One answer of the contract's, and whatever is not as usual. */
export type Asked = Pick<AnswerPlan, 'call' | 'payload' | 'reads'> & Partial<AnswerPlan>;

const HASH = '5a'.repeat(32);

/** Each answer signed, and what files of every form have beside them. */
export async function signEvidence(
  signers: Signers,
  asked: readonly Asked[],
  challenge: string,
  forgery: SigningForgery = {},
): Promise<{
  signed: SignedAnswerFile[];
  common: Pick<EvidenceFile, 'format' | 'version' | 'network' | 'checkpoints' | 'identities'>;
}> {
  const endorsers = forgery.endorsers ?? [signers.operator.peer, signers.partner.peer, signers.auditor.peer];
  const creator = signers.operator.client;
  const members = inOrder([...new Set([...endorsers, creator, ...(forgery.listed ?? [])])]);
  const identities = members.map(({ identity }) => identity.toString('base64'));
  const usual = {
    endorsers: inOrder(endorsers),
    creator,
    channel: CHANNEL,
    chaincode: CHAINCODE,
    seconds: Math.floor(Date.now() / 1000),
    status: 200,
    reads: [],
    writes: [],
  };
  const answer = { height: forgery.height ?? 12, block_hash: HASH, previous_block_hash: 'a5'.repeat(32) };
  const info = {
    ...usual,
    chaincode: 'qscc',
    call: ['GetChainInfo', CHANNEL, challenge],
    payload: chainInfo(answer),
    ...forgery.checkpoint,
  };
  const groups = forgery.apart ? info.endorsers.map((endorser) => [endorser]) : [info.endorsers];
  const sign = (plan: AnswerPlan) => signAnswer(plan, identities);
  return {
    signed: await Promise.all(asked.map((one) => sign({ ...usual, ...one }))),
    common: {
      format: EVIDENCE_FORMAT,
      version: EVIDENCE_VERSION,
      network: { channel: CHANNEL, chaincode: CHAINCODE, demonstration: false },
      checkpoints: await Promise.all(
        groups.map(async (group) => ({ answer, signed: await sign({ ...info, endorsers: group }) })),
      ),
      identities: members.map(({ mspId, certificatePem }) => ({ msp_id: mspId, certificate: certificatePem })),
    },
  };
}

function chainInfo({ height, block_hash, previous_block_hash }: EvidenceFile['checkpoints'][number]['answer']) {
  const info = new commonProtos.BlockchainInfo();
  info.setHeight(height);
  info.setCurrentblockhash(Buffer.from(block_hash, 'hex'));
  info.setPreviousblockhash(Buffer.from(previous_block_hash, 'hex'));
  return info.serializeBinary();
}

function inOrder(endorsers: Endorser[]): Endorser[] {
  return endorsers.toSorted((one, other) => Buffer.compare(one.identity, other.identity));
}
