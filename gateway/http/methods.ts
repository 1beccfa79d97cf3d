import type { RequestHandler, Router } from 'express';
import { AuditError } from '../../core/index.js';

type Method = 'get' | 'post';

/** One path with its methods; any other method is answered with 405 and what is allowed (RFC 9110 section 15.5.6). */
export function addRoute(router: Router, path: string, methods: Partial<Record<Method, RequestHandler[]>>): void {
  const route = router.route(path);
  const allowed: string[] = [];
  for (const method of ['get', 'post'] as const) {
    const handlers = methods[method];
    if (!handlers) continue;
    route[method](...handlers);
    allowed.push(method.toUpperCase());
    if (method === 'get') allowed.push('HEAD');
  }
  route.all((_req, res) => {
    const list = allowed.join(', ');
    res.setHeader('Allow', list);
    throw new AuditError('METHOD_NOT_ALLOWED', `This path takes ${list}.`);
  });
}
