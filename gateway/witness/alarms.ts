import type Database from 'libsql';
import type { Logger } from 'pino';
import { timestampFromMs } from '../../core/index.js';
import { flush } from './database.js';

/** Everything that a witness can find wrong; docs/checkpoints.md says what each means. */
export const ALARMS = {
  CHECKPOINT_FORK: 'Two checkpoints name different hashes for one block',
  CHECKPOINT_CUT_OFF: "A peer's ledger became shorter between two checkpoints",
  CHAIN_MISMATCH: "A checkpoint names another hash than this organization's own chain",
  LEDGER_REWRITTEN: 'The own peer has another block than the one that was verified',
  LEDGER_CUT_OFF: 'The own peer has fewer blocks than it had',
  BROKEN_LINK: 'A block does not continue the one before it',
  DATA_HASH_MISMATCH: "A block's data are not those that its header names",
  ORDERER_SIGNATURE: 'A block is not signed by orderers that this organization knows',
  FLAG_MISMATCH: "A transaction's validation flag is not what its signatures and endorsements say",
  ENDORSEMENT_POLICY: 'Fewer or other organizations endorsed a valid transaction than the policy in force asks for',
  RECORD_MISMATCH: 'A record is not what the contract writes',
  EVENT_HASH_MISMATCH: "An event's hash is not that of its core",
  CHAIN_BROKEN: "An event does not continue its session's chain",
  COMMITMENT_MISMATCH: 'A payload does not open the commitments of its events',
} as const;
export type AlarmCode = keyof typeof ALARMS;

export interface Alarm {
  code: AlarmCode;
  detail: string;
  block?: number | undefined;
  /** SHA-256 of the checkpoints that contradict, which are kept. */
  evidence?: string[];
}

export interface RaisedAlarm {
  raised_at: string;
  code: AlarmCode;
  title: string;
  block?: number;
  detail: string;
  evidence: string[];
}

interface AlarmRow {
  raised_at: string;
  code: AlarmCode;
  block: number | null;
  detail: string;
  evidence: string;
}

/** Alarms are kept for ever, each once: what is found again is not raised again. */
export class AlarmStore {
  readonly #db: Database.Database;
  readonly #logger: Logger;
  readonly #onRaised: (code: AlarmCode) => void;

  constructor(db: Database.Database, logger: Logger, onRaised: (code: AlarmCode) => void) {
    this.#db = db;
    this.#logger = logger;
    this.#onRaised = onRaised;
    for (const { code } of this.#rows(-1)) onRaised(code);
  }

  raise({ code, detail, block, evidence = [] }: Alarm): void {
    const subject = [code, block ?? '', ...(evidence.length > 0 ? evidence : [detail])].join(' ');
    const insert = this.#db.prepare(
      'INSERT OR IGNORE INTO alarms (subject, raised_at, code, block, detail, evidence) VALUES (?, ?, ?, ?, ?, ?)',
    );
    const values = [subject, timestampFromMs(Date.now()), code, block ?? null, detail, JSON.stringify(evidence)];
    if (insert.run(...values).changes === 0) return;
    flush(this.#db);
    this.#logger.error({ alarm: code, block, evidence }, `${ALARMS[code]}: ${detail}`);
    this.#onRaised(code);
  }

  count(): number {
    return (this.#db.prepare('SELECT count(*) AS count FROM alarms').get() as { count: number }).count;
  }

  /** Newest first. */
  list(limit: number): RaisedAlarm[] {
    return this.#rows(limit).map(({ raised_at, code, block, detail, evidence }) => ({
      raised_at,
      code,
      title: ALARMS[code],
      ...(block !== null && { block }),
      detail,
      evidence: JSON.parse(evidence) as string[],
    }));
  }

  /** Codes of what was found in these blocks. */
  codesIn(fromBlock: number, toBlock: number): AlarmCode[] {
    const query = 'SELECT DISTINCT code FROM alarms WHERE block BETWEEN ? AND ? ORDER BY code';
    return (this.#db.prepare(query).all(fromBlock, toBlock) as { code: AlarmCode }[]).map(({ code }) => code);
  }

  #rows(limit: number): AlarmRow[] {
    return this.#db.prepare('SELECT * FROM alarms ORDER BY id DESC LIMIT ?').all(limit) as AlarmRow[];
  }
}
