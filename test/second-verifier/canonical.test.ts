import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { canonicalize } from '../../core/index.js';
import { runPython } from './python.js';

const PROGRAM = [
  'import sys',
  'from agent_audit_verifier.canonical import canonical',
  'from agent_audit_verifier.strict_json import parse',
  'for line in sys.stdin.buffer:',
  '    sys.stdout.buffer.write(canonical(parse(line)) + b"\\n")',
].join('\n');

/** What the Python program makes of documents, one a line. */
function inPython(documents: string[]): string[] {
  const { status, stdout, stderr } = runPython(['-c', PROGRAM], documents.join('\n'));
  assert.equal(status, 0, stderr);
  return stdout.trimEnd().split('\n');
}

/** Doubles of every exponent: any 64 bits that are a finite number. */
const double = fc
  .bigInt({ min: 0n, max: 2n ** 64n - 1n })
  .map((bits) => new Float64Array(new BigUint64Array([bits]).buffer)[0] as number)
  .filter(Number.isFinite);
const EDGES = [1e21, 999999999999999900000, 1e-6, 1e-7, 5e-324, Number.MAX_VALUE, 2 ** 53, 2 ** 68, 0.1, -0, 1 / 3];

describe('Canonical JSON in Python', () => {
  it('prints numbers as ECMAScript does', () => {
    const numbers = [...EDGES, ...EDGES.map((value) => -value), ...fc.sample(double, 20_000)];
    assert.deepEqual(
      inPython(numbers.map(String)),
      numbers.map((value) => JSON.stringify(value)),
    );
  });

  it('is byte for byte that of the core', () => {
    const texts = fc.sample(fc.jsonValue({ stringUnit: 'binary' }), 2000).map((value) => JSON.stringify(value));
    // Both refuse this key (`parseJson`).
    const documents = texts.filter((text) => !text.includes('__proto__'));
    const expected = documents.map((text) => canonicalize(JSON.parse(text) as Parameters<typeof canonicalize>[0]));
    assert.deepEqual(inPython(documents), expected);
  });
});
