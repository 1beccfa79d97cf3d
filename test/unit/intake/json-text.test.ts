import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { AuditError } from '../../../core/index.js';
import { decodeJsonText, readJson } from '../../../intake/source/json-text.js';
import { json } from '../core/arbitraries.js';
import { map } from './sources.js';

const raw = (text: string) => ({
  encoding: 'base64',
  media_type: 'application/json',
  data: Buffer.from(text).toString('base64'),
});

describe('reading a source', () => {
  it('keeps numbers and strings that JavaScript would change by their text', () => {
    const { value, keptRaw } = readJson(
      String.raw`{"id": 9007199254740993, "s": "\ud800", "e": [1e999], "fine": "1\"2", "12345678901234567890": 0}`,
    );
    assert.equal(keptRaw, 3);
    assert.deepEqual(value, {
      id: raw('9007199254740993'),
      s: raw(String.raw`"\ud800"`),
      e: [raw('1e999')],
      fine: '1"2',
      '12345678901234567890': 0,
    });
  });

  it('reads everything else as JSON.parse does', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = JSON.stringify(value);
        assert.deepEqual(readJson(text), { value: JSON.parse(text) as unknown, keptRaw: 0 });
      }),
    );
  });

  it('refuses what is ambiguous or broken', () => {
    for (const text of ['{"a":1,"a":2}', '{"__proto__":1}', '[1,]', '', '{"a":9007199254740993']) {
      assert.throws(() => readJson(text), AuditError, text);
    }
  });

  it('refuses what is in no known format', () => {
    for (const text of ['{}', '[]', '7', '{"messages":[]}', '{"resourceSpans":7}', '[{"role":"robot"}]']) {
      assert.throws(() => map({ name: '', lines: false, text }), { code: 'INVALID_REQUEST' }, text);
    }
  });
});

describe('JSON text within a value', () => {
  it('is decoded, and exact only where it can be written again', () => {
    assert.deepEqual(decodeJsonText('{"a":1}'), { value: { a: 1 }, exact: true });
    assert.deepEqual(decodeJsonText('{"a": 1}'), { value: { a: 1 }, exact: false });
    assert.deepEqual(decodeJsonText('[1.0]'), { value: [1], exact: false });
  });

  it('is left alone where it is not an object or list, or not JSON', () => {
    for (const text of ['5', 'true', '"x"', '{', '{"a":9007199254740993}', 'text']) {
      assert.deepEqual(decodeJsonText(text), { value: text, exact: true });
    }
  });
});
