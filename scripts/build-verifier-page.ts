/**
 * Makes `dist/verifier.html`: the verifier as one file that opens from disk. Its policy (CSP) lets nothing run but the
 * script in it, and nothing go out.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = new URL('../../', import.meta.url);

const [template, style, script] = await Promise.all([
  readFile(new URL('verifier/page/page.html', root), 'utf8'),
  readFile(new URL('verifier/page/page.css', root), 'utf8'),
  bundle(),
]);
const values: Record<string, string> = {
  STYLE: style,
  SCRIPT: script,
  STYLE_HASH: hashOf(style),
  SCRIPT_HASH: hashOf(script),
};
await writeFile(
  new URL('dist/verifier.html', root),
  template.replace(/\{\{(\w+)\}\}/g, (_whole, name: string) => values[name] ?? ''),
);

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(root),
    entryPoints: ['dist/verifier/page/main.js'],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    legalComments: 'inline',
    logLevel: 'warning',
    write: false,
  });
  // What ends the element would end the script in its middle.
  return (outputFiles[0]?.text ?? '').replaceAll('</script', String.raw`<\/script`);
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
