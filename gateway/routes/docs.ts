import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { Router } from 'express';
import { addRoute } from '../http/methods.js';
import { createOpenApiDocument } from '../openapi/document.js';

/** The page loads its own files and nothing else; its one style element is Swagger UI's. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Agent Audit Ledger – API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const START = "SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true, validatorUrl: null });\n";

/** The description of the API, for machines and to read. Served from the installed package: nothing comes from elsewhere. */
export function docsRouter(): Router {
  const router = Router({ strict: true });
  const document = JSON.stringify(createOpenApiDocument());
  const assets = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  addRoute(router, '/openapi.json', { get: [(_req, res) => void res.type('application/json').send(document)] });
  router.use('/docs', (_req, res, next) => {
    res.setHeader('Content-Security-Policy', DOCS_POLICY);
    next();
  });
  addRoute(router, '/docs', { get: [(_req, res) => void res.type('html').send(PAGE)] });
  addRoute(router, '/docs/start.js', { get: [(_req, res) => void res.type('js').send(START)] });
  for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png']) {
    const content = readFileSync(path.join(assets, name));
    addRoute(router, `/docs/${name}`, { get: [(_req, res) => void res.type(path.extname(name)).send(content)] });
  }
  return router;
}
