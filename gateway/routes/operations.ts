import { Router } from 'express';
import { addRoute } from '../http/methods.js';
import type { Services } from '../services.js';

/** Health and metrics: no token, nothing of what is recorded. */
export function operationsRouter({ ledger, writePath, metrics, closing }: Services): Router {
  const router = Router();
  addRoute(router, '/healthz', { get: [(_req, res) => void res.json({ status: 'ok' })] });
  addRoute(router, '/readyz', {
    get: [
      async (_req, res) => {
        const ready = !closing.aborted && (await isReachable(ledger)) && (await writePath.canRecord());
        res.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready' });
      },
    ],
  });
  addRoute(router, '/metrics', {
    get: [async (_req, res) => void res.type(metrics.registry.contentType).send(await metrics.registry.metrics())],
  });
  return router;
}

async function isReachable(ledger: Services['ledger']): Promise<boolean> {
  try {
    await ledger.readContractInfo();
    return true;
  } catch {
    return false;
  }
}
