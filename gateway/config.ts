import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { LIMITS } from '../core/index.js';
import { ConfigError } from './config-error.js';

const file = z.string().min(1);
const positive = z.number().int().min(1);
const DAY_MS = 86_400_000;
const QUARTER_OF_AN_HOUR_MS = 900_000;

/** Everything a gateway can be told. Times are in milliseconds, sizes in bytes. */
export const gatewayConfig = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  /** 0: any free port. */
  port: z.number().int().min(0).max(65535).default(3000),
  /** The connection profile: which network, who this gateway is in it. */
  profile: file,
  /** The gateway's journal lives here; one gateway per folder. */
  dataDir: file,
  /** Without it everybody who reaches the port may do everything; allowed on loopback only. */
  tokensFile: file.optional(),
  tls: z.strictObject({ certificate: file, privateKey: file }).optional(),
  logLevel: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  /** Partners' gateways to fetch checkpoints from. */
  partnersFile: file.optional(),
  witness: z
    .strictObject({
      /** Whether blocks are verified, and what was verified attested on the ledger. */
      verify: z.boolean().default(true),
      /** Part of a thread's time that it may take; what it leaves undone it does when there is less to do. */
      share: z.number().gt(0).max(1).default(0.25),
      /** How often a checkpoint is taken, and partners are asked for theirs; 0: never. */
      checkpointMs: z.number().int().min(0).max(DAY_MS).default(QUARTER_OF_AN_HOUR_MS),
      attestMs: z.number().int().min(0).max(DAY_MS).default(QUARTER_OF_AN_HOUR_MS),
    })
    .prefault({}),
  limits: z
    .strictObject({
      bodyBytes: positive.max(LIMITS.requestBytes).default(LIMITS.requestBytes),
      /** Per subject of tokens. */
      requestsPerMinute: positive.default(600_000),
      /** Requests without a valid token, per address. */
      strangersPerMinute: positive.default(600),
      requestsInFlight: positive.default(2048),
      connections: positive.default(4096),
      streams: positive.default(64),
      /** Of all bodies that are being read or answered. */
      bodyBytesInFlight: positive.default(64 * 1_048_576),
      /** Accepted and not settled; how tokens and agents share them is in `intake/backlog.ts`. */
      queuedEvents: positive.default(20_000),
      queuedBytes: positive.default(32 * 1_048_576),
      /** Events of submissions and idempotency keys whose results are kept; the oldest are forgotten first. */
      keptResults: positive.default(2_000_000),
      eventsPerTransaction: positive.max(LIMITS.eventsPerRequest).default(500),
      bytesPerTransaction: positive.default(1.5 * 1_048_576),
      /** What waits is spread over so many; where gateway and peers share a machine, fewer and larger ones cost less. */
      transactionsInFlight: positive.default(4),
      /** The least that a transaction carries beside another. */
      eventsToOverlap: positive.default(1),
      eventsPerSessionPath: positive.default(20_000),
    })
    .prefault({}),
  timeouts: z
    .strictObject({
      /** Until a post is answered `unknown`; the work goes on. */
      answerMs: positive.default(30_000),
      /** Until an event that could not be sent is given up. */
      giveUpMs: positive.default(20_000),
      requestMs: positive.default(60_000),
      headersMs: positive.default(10_000),
      drainMs: positive.default(20_000),
      heartbeatMs: positive.default(15_000),
      /** How long a stream's reader may leave its buffer full. */
      slowReaderMs: positive.default(30_000),
      evaluateMs: positive.default(10_000),
      endorseMs: positive.default(20_000),
      submitMs: positive.default(10_000),
      commitMs: positive.default(20_000),
      /** How often the connection profile and its files are looked at: renewed certificates are used after this. */
      profileRecheckMs: positive.default(10_000),
      /** How long idempotency keys and the results of submissions are kept. */
      keepResultsMs: positive.default(7 * 24 * 3_600_000),
    })
    .prefault({}),
});
export type GatewayConfig = z.input<typeof gatewayConfig>;
export type ResolvedConfig = z.output<typeof gatewayConfig>;

/** @throws {ConfigError} one sentence that names what is wrong. */
export function resolveConfig(config: GatewayConfig): ResolvedConfig {
  const parsed = gatewayConfig.safeParse(config);
  if (!parsed.success) throw new ConfigError(describe(parsed.error, ''));
  requireSafeBinding(parsed.data);
  return parsed.data;
}

const integer = z.stringFormat('integer', /^\d{1,12}$/).transform(Number);

const environment = z.object({
  GATEWAY_HOST: z.string().optional(),
  GATEWAY_PORT: integer.optional(),
  GATEWAY_PROFILE: file,
  GATEWAY_DATA_DIR: file,
  GATEWAY_TOKENS: file.optional(),
  GATEWAY_TLS_CERTIFICATE: file.optional(),
  GATEWAY_TLS_KEY: file.optional(),
  GATEWAY_LOG_LEVEL: z.string().optional(),
  GATEWAY_REQUESTS_PER_MINUTE: integer.optional(),
  GATEWAY_TRANSACTIONS_IN_FLIGHT: integer.optional(),
  GATEWAY_EVENTS_TO_OVERLAP: integer.optional(),
  GATEWAY_PARTNERS: file.optional(),
  GATEWAY_VERIFY: z.stringbool({ truthy: ['on'], falsy: ['off'] }).optional(),
  GATEWAY_CHECKPOINT_SECONDS: integer.optional(),
  GATEWAY_ATTEST_SECONDS: integer.optional(),
});

/**
 * The configuration that the environment describes: the one place that reads it.
 * @throws {ConfigError} one sentence that names what is wrong.
 */
export function readConfig(env: NodeJS.ProcessEnv): ResolvedConfig {
  const parsed = environment.safeParse(env);
  if (!parsed.success) throw new ConfigError(describe(parsed.error, 'the environment variable '));
  const { data } = parsed;
  const { GATEWAY_TLS_CERTIFICATE: certificate, GATEWAY_TLS_KEY: privateKey } = data;
  if ((certificate === undefined) !== (privateKey === undefined)) {
    throw new ConfigError('GATEWAY_TLS_CERTIFICATE and GATEWAY_TLS_KEY belong together: set both or neither.');
  }
  return resolveConfig({
    profile: data.GATEWAY_PROFILE,
    dataDir: data.GATEWAY_DATA_DIR,
    partnersFile: data.GATEWAY_PARTNERS,
    ...(data.GATEWAY_HOST !== undefined && { host: data.GATEWAY_HOST }),
    ...(data.GATEWAY_PORT !== undefined && { port: data.GATEWAY_PORT }),
    ...(data.GATEWAY_TOKENS !== undefined && { tokensFile: data.GATEWAY_TOKENS }),
    ...(certificate !== undefined && privateKey !== undefined && { tls: { certificate, privateKey } }),
    ...(data.GATEWAY_LOG_LEVEL !== undefined && { logLevel: data.GATEWAY_LOG_LEVEL as GatewayConfig['logLevel'] }),
    limits: readLimits(data),
    witness: readWitness(data),
  });
}

function readLimits({
  GATEWAY_REQUESTS_PER_MINUTE: requestsPerMinute,
  GATEWAY_TRANSACTIONS_IN_FLIGHT: transactionsInFlight,
  GATEWAY_EVENTS_TO_OVERLAP: eventsToOverlap,
}: z.output<typeof environment>): GatewayConfig['limits'] {
  return {
    ...(requestsPerMinute !== undefined && { requestsPerMinute }),
    ...(transactionsInFlight !== undefined && { transactionsInFlight }),
    ...(eventsToOverlap !== undefined && { eventsToOverlap }),
  };
}

function readWitness({
  GATEWAY_VERIFY: verify,
  GATEWAY_CHECKPOINT_SECONDS: checkpoint,
  GATEWAY_ATTEST_SECONDS: attest,
}: z.output<typeof environment>): GatewayConfig['witness'] {
  return {
    ...(verify !== undefined && { verify }),
    ...(checkpoint !== undefined && { checkpointMs: checkpoint * 1000 }),
    ...(attest !== undefined && { attestMs: attest * 1000 }),
  };
}

function requireSafeBinding({ host, tokensFile, tls }: ResolvedConfig): void {
  if (isLoopback(host) || (tokensFile !== undefined && tls)) return;
  throw new ConfigError(`A gateway that listens on ${host}, beyond this machine, needs both a tokens file and TLS.`);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

function describe(error: z.ZodError, subject: string): string {
  const [issue] = error.issues;
  return `The gateway's configuration is not valid: ${subject}${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`;
}
