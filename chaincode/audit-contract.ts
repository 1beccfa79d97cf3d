import { Contract, Info, Param, Returns, Transaction } from 'fabric-contract-api';
import { z } from 'zod';
import {
  agentRef,
  attestation,
  AuditError,
  blockRange,
  CHAINCODE,
  eventQuery,
  LIMITS,
  pageRequest,
  recordOptions,
  registerKeyRequest,
  revokeKeyRequest,
  resolvedEventQuery,
  seqRange,
  sessionQuery,
  sessionRef,
} from '../core/index.js';
import type { ContractInfo } from '../core/index.js';
import { readKeys } from './agents/read-keys.js';
import { registerKey } from './agents/register-key.js';
import { revokeKey } from './agents/revoke-key.js';
import { AuditContext } from './context.js';
import { toContractError } from './faults.js';
import { parseArgument, writeJson } from './json.js';
import { attestBlocks, readBlockAttestations } from './lifecycle/attest-blocks.js';
import { attestEvent } from './lifecycle/attest-event.js';
import { version } from './package.json';
import { queryEvents } from './query/query-events.js';
import { querySessions } from './query/query-sessions.js';
import { proveAbsence } from './proving/prove-absence.js';
import { proveEvent } from './proving/prove-event.js';
import { proveQuery } from './proving/prove-query.js';
import { proveSession } from './proving/prove-session.js';
import { readEvent, readHeads, readPayload, readSession } from './reading/read-event.js';
import { readHistory } from './reading/read-history.js';
import { readBatch } from './recording/read-batch.js';
import { recordEvents } from './recording/record-events.js';

/**
 * The audit contract. Every parameter is a string of JSON (an event reference is the reference itself), read strictly;
 * every answer is canonical JSON. What is not there is answered with `null`: peers do not endorse failures.
 */
@Info({ title: 'AuditContract', description: 'Write-once records of what AI agents did, and what was said of them' })
export class AuditContract extends Contract {
  constructor() {
    super('AuditContract');
  }

  override createContext(): AuditContext {
    return new AuditContext();
  }

  override aroundTransaction(...call: Parameters<Contract['aroundTransaction']>): Promise<void> {
    return super.aroundTransaction(...call).catch(rethrow);
  }

  /** What a transaction put goes to the peer once nothing stands against it. */
  override afterTransaction(ctx: AuditContext): Promise<void> {
    return ctx.state.flush().catch(rethrow);
  }

  override unknownTransaction(): Promise<void> {
    throw toContractError(new AuditError('INVALID_REQUEST', 'the contract has no such transaction'));
  }

  @Transaction()
  @Param('optionsJson', 'string', 'RecordOptions; the RecordBatch is in the transient map under "batch"')
  @Returns('string')
  async RecordEvents(ctx: AuditContext, optionsJson: string): Promise<string> {
    return writeJson(
      await recordEvents(ctx, readBatch(ctx.stub.getTransient()), parseArgument(recordOptions, optionsJson)),
    );
  }

  @Transaction()
  @Param('eventReference', 'string', 'A locator, owner~own id, or an own id of the asking organization')
  @Param('attestationJson', 'string', 'Attestation')
  @Returns('string')
  async AttestEvent(ctx: AuditContext, eventReference: string, attestationJson: string): Promise<string> {
    return writeJson(await attestEvent(ctx, eventReference, parseArgument(attestation, attestationJson)));
  }

  @Transaction()
  @Param('rangeJson', 'string', 'BlockRange')
  @Returns('string')
  async AttestBlocks(ctx: AuditContext, rangeJson: string): Promise<string> {
    return writeJson(await attestBlocks(ctx, parseArgument(blockRange, rangeJson)));
  }

  @Transaction(false)
  @Param('eventReference', 'string', 'A locator, owner~own id, or an own id of the asking organization')
  @Returns('string')
  async ReadEvent(ctx: AuditContext, eventReference: string): Promise<string> {
    return writeJson(await readEvent(ctx, eventReference));
  }

  @Transaction(false)
  @Param('eventReference', 'string', 'A locator, owner~own id, or an own id of the asking organization')
  @Returns('string')
  async ReadPayload(ctx: AuditContext, eventReference: string): Promise<string> {
    return writeJson(await readPayload(ctx, eventReference));
  }

  @Transaction(false)
  @Param('eventReference', 'string', 'A locator, owner~own id, or an own id of the asking organization')
  @Param('pageJson', 'string', 'PageRequest')
  @Returns('string')
  async ReadHistory(ctx: AuditContext, eventReference: string, pageJson: string): Promise<string> {
    return writeJson(await readHistory(ctx, eventReference, parseArgument(pageRequest, pageJson)));
  }

  @Transaction(false)
  @Param('eventReference', 'string', 'A locator, owner~own id, or an own id of the asking organization')
  @Param('challenge', 'string', 'Made up by the asker; part of the answer')
  @Returns('string')
  async ProveEvent(ctx: AuditContext, eventReference: string, challenge: string): Promise<string> {
    return writeJson(await proveEvent(ctx, eventReference, challenge));
  }

  @Transaction(false)
  @Param('session', 'string', 'owner~agent~session')
  @Param('fromSeq', 'string', 'In decimal: the first event of a record')
  @Param('challenge', 'string', 'Made up by the asker; part of the answer')
  @Returns('string')
  async ProveSession(ctx: AuditContext, session: string, fromSeq: string, challenge: string): Promise<string> {
    return writeJson(await proveSession(ctx, session, fromSeq, challenge));
  }

  @Transaction(false)
  @Param('eventReference', 'string', 'A locator, or owner~own id')
  @Param('challenge', 'string', 'Made up by the asker; part of the answer')
  @Returns('string')
  async ProveAbsence(ctx: AuditContext, eventReference: string, challenge: string): Promise<string> {
    return writeJson(await proveAbsence(ctx, eventReference, challenge));
  }

  @Transaction(false)
  @Param('queryJson', 'string', 'EventQuery')
  @Param('challenge', 'string', 'Made up by the asker; part of the answer')
  @Returns('string')
  async ProveQuery(ctx: AuditContext, queryJson: string, challenge: string): Promise<string> {
    return writeJson(await proveQuery(ctx, parseArgument(resolvedEventQuery, queryJson), challenge));
  }

  @Transaction(false)
  @Param('sessionsJson', 'string', 'An array of SessionRef')
  @Returns('string')
  async ReadHeads(ctx: AuditContext, sessionsJson: string): Promise<string> {
    return writeJson(
      await readHeads(ctx, parseArgument(z.array(sessionRef).max(LIMITS.eventsPerRequest), sessionsJson)),
    );
  }

  @Transaction(false)
  @Param('sessionJson', 'string', 'SessionRef')
  @Param('rangeJson', 'string', 'SeqRange')
  @Returns('string')
  async ReadSession(ctx: AuditContext, sessionJson: string, rangeJson: string): Promise<string> {
    return writeJson(
      await readSession(ctx, parseArgument(sessionRef, sessionJson), parseArgument(seqRange, rangeJson)),
    );
  }

  @Transaction(false)
  @Param('queryJson', 'string', 'EventQuery')
  @Returns('string')
  async QueryEvents(ctx: AuditContext, queryJson: string): Promise<string> {
    return writeJson(await queryEvents(ctx, parseArgument(eventQuery, queryJson)));
  }

  @Transaction(false)
  @Param('queryJson', 'string', 'SessionQuery')
  @Returns('string')
  async QuerySessions(ctx: AuditContext, queryJson: string): Promise<string> {
    return writeJson(await querySessions(ctx, parseArgument(sessionQuery, queryJson)));
  }

  @Transaction()
  @Param('requestJson', 'string', 'RegisterKeyRequest')
  @Returns('string')
  async RegisterKey(ctx: AuditContext, requestJson: string): Promise<string> {
    return writeJson(await registerKey(ctx, parseArgument(registerKeyRequest, requestJson)));
  }

  @Transaction()
  @Param('requestJson', 'string', 'RevokeKeyRequest')
  @Returns('string')
  async RevokeKey(ctx: AuditContext, requestJson: string): Promise<string> {
    return writeJson(await revokeKey(ctx, parseArgument(revokeKeyRequest, requestJson)));
  }

  @Transaction(false)
  @Param('agentJson', 'string', 'AgentRef')
  @Param('pageJson', 'string', 'PageRequest')
  @Returns('string')
  async ReadKeys(ctx: AuditContext, agentJson: string, pageJson: string): Promise<string> {
    return writeJson(await readKeys(ctx, parseArgument(agentRef, agentJson), parseArgument(pageRequest, pageJson)));
  }

  @Transaction(false)
  @Returns('string')
  async ReadBlockAttestations(ctx: AuditContext): Promise<string> {
    return writeJson(await readBlockAttestations(ctx));
  }

  @Transaction(false)
  @Returns('string')
  ReadContractInfo(): Promise<string> {
    const info: ContractInfo = { name: CHAINCODE, version, schema_version: 1, limits: { ...LIMITS } };
    return Promise.resolve(writeJson(info));
  }
}

function rethrow(error: unknown): never {
  throw toContractError(error);
}
