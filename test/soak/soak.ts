import { setTimeout as wait } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ensureCredentials } from '../../scripts/credentials.js';
import { Api } from '../support/api.js';
import { checkLedger } from '../support/check-ledger.js';
import { freePorts, Product } from '../support/product.js';
import { checkFleet } from './check-fleet.js';
import type { Found } from './check-fleet.js';
import { HABITS, SimulatedAgent } from './simulated-agent.js';
import type { Fleet } from './simulated-agent.js';

export interface SoakPlan {
  agents: number;
  /** Events to be posted, where nobody is killed. */
  events: number;
  /** How often the product is killed; the work ends with that. */
  kills: number;
}

/** What the agents have seen so far. */
export interface Progress {
  posted: number;
  latenciesMs: number[];
  turnedAway: number;
}

/** The longest life of a product that is going to be killed; one in four dies before it is up. */
const LIFE_MS = 3000;
const DIES_EARLY = 0.25;

/**
 * A fleet of agents at work on the product as `npm start` runs it, which is killed at random moments if that is the
 * plan. In the end every event is compared with what its poster knows, and the whole ledger is verified.
 * @throws what is amiss.
 */
export async function soak(
  plan: SoakPlan,
  dataDir: string,
  onProgress: (progress: Progress, product: Product) => void = () => undefined,
): Promise<Found> {
  const product = new Product(dataDir, await freePorts());
  await mustStart(product);
  const token = readFileSync(ensureCredentials(dataDir, 'operator').tokenFile, 'utf8').trim();
  const api = new Api(`http://127.0.0.1:${product.port}`, token);
  const progress: Progress = { posted: 0, latenciesMs: [], turnedAway: 0 };
  const work = { left: plan.kills > 0 ? Infinity : plan.events };
  const fleet: Fleet = {
    api,
    takeWork: (most) => {
      const taken = Math.min(most, work.left);
      work.left -= taken;
      progress.posted += taken;
      onProgress(progress, product);
      return taken;
    },
    noteAnswer: (ms, status) => {
      progress.latenciesMs.push(ms);
      if (status === 429) progress.turnedAway++;
    },
  };
  const agents = Array.from(
    { length: plan.agents },
    (_, index) => new SimulatedAgent(fleet, `agent-${index}`, HABITS[index % HABITS.length] ?? 'waits'),
  );
  const working = Promise.all(agents.map((agent) => agent.work()));
  try {
    await Promise.race([killAgainAndAgain(product, plan.kills), working]);
    if (plan.kills > 0) work.left = 0;
    await working;
    const found = await checkFleet(api, agents);
    await product.stop();
    await checkLedger(path.join(dataDir, 'network'));
    return found;
  } finally {
    await product.stop('SIGKILL');
  }
}

/** Starts it again each time; resolves with the product running, unless nobody is to be killed. */
async function killAgainAndAgain(product: Product, kills: number): Promise<void> {
  if (kills === 0) await new Promise(() => undefined);
  await wait(Math.random() * LIFE_MS);
  for (let left = kills; left > 0; left--) {
    await product.stop('SIGKILL');
    if (left === 1) break;
    const started = product.start();
    const isEarly = Math.random() < DIES_EARLY;
    const ended = await (isEarly ? Promise.race([started, wait(Math.random() * LIFE_MS)]) : started);
    if (ended) throw new Error(`it did not start again: ${ended.output}`);
    if (!isEarly) await wait(Math.random() * LIFE_MS);
  }
  await mustStart(product);
  await wait(LIFE_MS / 3);
}

async function mustStart(product: Product): Promise<void> {
  const ended = await product.start();
  if (ended) throw new Error(`it did not start: ${ended.output}`);
}
