import type { Logger } from 'pino';
import { readTrust, TrustError } from '../../verifier/index.js';
import type { Trust } from '../../verifier/index.js';
import { ConfigError } from '../config-error.js';
import type { ResolvedConfig } from '../config.js';
import { Members } from '../fabric/members.js';
import type { AuditLedger, TrustedRoots } from '../ledger/audit-ledger.js';
import type { WitnessObserver } from '../metrics.js';
import { AlarmStore } from './alarms.js';
import { BlockAttester } from './block-attester.js';
import type { BlockRules } from './check-block.js';
import { CheckpointKeeper } from './checkpoint-keeper.js';
import { CheckpointStore } from './checkpoint-store.js';
import { openWitnessDatabase } from './database.js';
import { EndorsementPolicies } from './endorsement-policies.js';
import { PartnerExchange, readPartners } from './partners.js';
import { repeat } from './repeat.js';
import { SessionHeads } from './session-heads.js';
import { VerifiedChain } from './verified-chain.js';
import { VerificationService } from './verification-service.js';

/** Also a gateway that never runs for a whole interval takes checkpoints. */
const FIRST_CHECKPOINT_MS = 5000;

/**
 * What this organization sees of the ledger by itself: it verifies its own peer's blocks, takes checkpoints, exchanges
 * them with its partners, and keeps all of it.
 */
export class Witness {
  readonly checkpoints: CheckpointStore;
  readonly keeper: CheckpointKeeper;
  readonly alarms: AlarmStore;
  readonly chain: VerifiedChain;
  readonly partners: PartnerExchange;
  /** `undefined` where it is switched off. */
  readonly verification: VerificationService | undefined;
  readonly #closeAll: (() => Promise<void>)[] = [];

  /** @throws {ConfigError} */
  static open(config: ResolvedConfig, ledger: AuditLedger, observer: WitnessObserver, logger: Logger): Witness {
    return new Witness(config, ledger, observer, logger);
  }

  private constructor(
    { dataDir, witness, partnersFile }: ResolvedConfig,
    ledger: AuditLedger,
    observer: WitnessObserver,
    logger: Logger,
  ) {
    const partners = partnersFile === undefined ? [] : readPartners(partnersFile);
    const db = openWitnessDatabase(dataDir);
    this.checkpoints = new CheckpointStore(db);
    this.chain = new VerifiedChain(db);
    this.alarms = new AlarmStore(db, logger, (code) => observer.alarmRaised(code));
    observer.verified(this.chain.height);
    const { chain, alarms } = this;
    const roots = () => ledger.roots();
    this.keeper = new CheckpointKeeper({
      ledger,
      store: this.checkpoints,
      chain,
      alarms,
      trust: whenChanged(roots, () => trustIn(ledger)),
    });
    this.partners = new PartnerExchange(partners, this.keeper, logger);
    if (witness.verify) {
      const policies = new EndorsementPolicies(db);
      const rules = whenChanged(roots, () => rulesOf(ledger, policies));
      const onVerified = (height: number) => observer.verified(height);
      const { share } = witness;
      this.verification = new VerificationService({ ledger, chain, alarms, rules, share, logger, onVerified });
    }
    this.#start(ledger, witness, logger);
    this.#closeAll.push(() => Promise.resolve(void db.close()));
  }

  /** Ends what is under way before the database is closed. */
  async close(): Promise<void> {
    for (const close of this.#closeAll) await close();
  }

  #start(ledger: AuditLedger, { checkpointMs, attestMs }: ResolvedConfig['witness'], logger: Logger): void {
    const { keeper, partners, verification, chain, alarms } = this;
    if (verification) {
      verification.start();
      this.#closeAll.push(() => verification.close());
      const attester = new BlockAttester(ledger, chain, alarms);
      this.#closeAll.push(
        repeat(attestMs, logger, async () => {
          if ((await verification.compareMemory()) && verification.status === 'verifying') await attester.attest();
        }),
      );
    }
    this.#closeAll.push(
      repeat(
        checkpointMs,
        logger,
        async (signal) => {
          await keeper.take();
          await partners.fetchAll(signal);
          await keeper.compareRest();
        },
        Math.min(checkpointMs, FIRST_CHECKPOINT_MS),
      ),
    );
  }
}

function trustIn(ledger: AuditLedger): Trust {
  const { channel, chaincode } = ledger.network;
  const { organizations } = ledger.roots();
  try {
    return readTrust(JSON.stringify({ version: 1, channel, chaincode, rule: { at_least: 1 } }), organizations);
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    throw new ConfigError(`The roots in the connection profile cannot be used: ${error.message}.`, { cause: error });
  }
}

function rulesOf(ledger: AuditLedger, policies: EndorsementPolicies): BlockRules {
  const { orderers, members } = ledger.roots();
  return {
    channel: ledger.network.channel,
    chaincode: ledger.network.chaincode,
    members,
    orderers: orderers.size > 0 ? new Members(orderers) : undefined,
    heads: new SessionHeads(ledger),
    policies,
  };
}

/** Made anew when the connection profile has brought other roots. */
function whenChanged<Made>(roots: () => TrustedRoots, make: () => Made): () => Made {
  let from = roots();
  let made = make();
  return () => {
    if (roots() === from) return made;
    from = roots();
    made = make();
    return made;
  };
}
