import { pino } from 'pino';
import type { Logger } from 'pino';
import { createApp } from './app.js';
import { resolveConfig } from './config.js';
import type { GatewayConfig, ResolvedConfig } from './config.js';
import { ConfigError } from './config-error.js';
import { readConnectionProfile } from './fabric/connection-profile.js';
import type { DirectCall } from './fabric/direct-client.js';
import { openFabricLedger } from './fabric/fabric-ledger.js';
import { watchConnectionProfile } from './fabric/profile-watch.js';
import { TokenFile } from './http/tokens.js';
import { Journal } from './intake/journal.js';
import { WritePath } from './intake/write-path.js';
import type { AuditLedger } from './ledger/audit-ledger.js';
import { makeFolder } from './make-folder.js';
import { createMetrics } from './metrics.js';
import { listen } from './server.js';
import type { Services } from './services.js';
import { Witness } from './witness/witness.js';

export { readConfig } from './config.js';
export type { GatewayConfig } from './config.js';
export { ConfigError } from './config-error.js';
export { makeFolder } from './make-folder.js';

export interface RunningGateway {
  /** Where the REST API is, without a slash at the end. */
  readonly url: string;
  /** Takes nothing new, finishes what it accepted, then lets go of port, journal and ledger. */
  close(): Promise<void>;
}

/**
 * @param direct carries unary calls to the organization's peer where it is in this process.
 * @throws {ConfigError} one clear sentence for the operator.
 */
export async function startGateway(config: GatewayConfig, direct?: DirectCall): Promise<RunningGateway> {
  const resolved = resolveConfig(config);
  const profile = await readConnectionProfile(resolved.profile);
  const ledger = openFabricLedger(profile, { timeouts: resolved.timeouts, direct });
  const logger = createLogger(resolved, ledger);
  try {
    const gateway = await startOnLedger(resolved, ledger, logger);
    const watch = watchConnectionProfile(resolved.profile, profile, {
      onChange: (next) => {
        logger.info('the connection profile has changed and is used from now on');
        ledger.reconnect(next);
      },
      onError: (error) => logger.error({ err: error }, 'the connection profile was not reloaded'),
      recheckMs: resolved.timeouts.profileRecheckMs,
    });
    return {
      url: gateway.url,
      close: () => {
        watch.close();
        return gateway.close();
      },
    };
  } catch (error) {
    ledger.close();
    throw error;
  }
}

/** The gateway on any ledger: what `startGateway` does once it is connected. */
export async function startOnLedger(
  config: ResolvedConfig,
  ledger: AuditLedger,
  logger = createLogger(config, ledger),
): Promise<RunningGateway> {
  const onTokenError = (error: Error) => logger.error({ err: error }, 'the tokens file was not reloaded');
  const tokens = config.tokensFile === undefined ? undefined : new TokenFile(config.tokensFile, onTokenError);
  const journal = openJournal(config);
  const metrics = createMetrics();
  const closing = new AbortController();
  const { limits, timeouts } = config;
  const writePath = new WritePath({ ledger, journal, observer: metrics.intake }, { ...limits, ...timeouts });
  const witness = Witness.open(config, ledger, metrics.witness, logger);
  const services: Services = {
    ledger,
    writePath,
    witness,
    tokens,
    metrics,
    logger,
    limits,
    timeouts,
    closing: closing.signal,
  };
  const server = await listen(config, createApp(services)).catch(async (error: unknown) => {
    await witness.close();
    journal.close();
    throw error;
  });
  return {
    url: server.url,
    close: async () => {
      closing.abort();
      await Promise.all([server.close(timeouts.drainMs), writePath.close(timeouts.drainMs), witness.close()]);
      journal.close();
      ledger.close();
    },
  };
}

function createLogger({ logLevel }: ResolvedConfig, { network }: AuditLedger): Logger {
  return pino({ level: logLevel, base: { gateway: network.mspId } });
}

function openJournal({ dataDir, timeouts, limits }: ResolvedConfig): Journal {
  try {
    makeFolder(dataDir);
  } catch (error) {
    throw new ConfigError(`The gateway's data folder ${dataDir} cannot be made.`, { cause: error });
  }
  return Journal.open(dataDir, { keepMs: timeouts.keepResultsMs, keepEvents: limits.keptResults });
}
