import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'mocha';
import { readCertificate, readCertificates } from '../../../verifier/wire/certificate.js';
import { DerError, readDer, readOid, readTime, TAG } from '../../../verifier/wire/der.js';
import { Message } from '../../../verifier/wire/message.js';
import { readGolden } from './golden.js';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('the DER reader', () => {
  it('refuses every second spelling of a length, and what is cut off or left over', () => {
    assert.deepEqual(readDer(hex('30 03 02 01 05'), TAG.sequence).next(TAG.integer).content, hex('05'));
    const bad = [
      '30 80 00 00',
      '30 81 03 02 01 05',
      '30 82 00 03 02 01 05',
      '30 04 02 01 05',
      '30 03 02 01 05 00',
      '30',
      '',
    ];
    for (const bytes of bad) assert.throws(() => readDer(hex(bytes), TAG.sequence), DerError, bytes);
    assert.throws(() => readDer(hex('3f 81 00'), 0x3f), DerError);
  });

  it('reads object identifiers', () => {
    assert.equal(readOid(hex('2a 86 48 ce 3d 04 03 02')), '1.2.840.10045.4.3.2');
    assert.equal(readOid(hex('88 37 81 e3 90 f8 10')).slice(0, 6), '2.999.');
    for (const bad of ['', '2a 86', 'ff ff ff ff ff ff ff ff ff 7f']) assert.throws(() => readOid(hex(bad)), DerError);
  });

  it('reads times as RFC 5280 writes them', () => {
    const time = (tag: number, text: string) => {
      const content = Uint8Array.from(Buffer.from(text));
      return new Date(readTime({ tag, content, raw: content })).toISOString();
    };
    assert.equal(time(TAG.utcTime, '491231235959Z'), '2049-12-31T23:59:59.000Z');
    assert.equal(time(TAG.utcTime, '500101000000Z'), '1950-01-01T00:00:00.000Z');
    assert.equal(time(TAG.generalizedTime, '20500101000000Z'), '2050-01-01T00:00:00.000Z');
    for (const bad of ['4912312359Z', '491331235959Z', '491231235959+0100', '']) {
      assert.throws(() => time(TAG.utcTime, bad), DerError, bad);
    }
  });
});

describe('the certificate reader', () => {
  it("agrees with Node's on every certificate of the golden files", () => {
    for (const { certificate } of [...readGolden('receipt').identities, ...readGolden('fabric').identities]) {
      const own = readCertificate(certificate);
      const theirs = new X509Certificate(certificate);
      assert.deepEqual(Buffer.from(own.der), theirs.raw);
      assert.equal(BigInt(`0x${Buffer.from(own.serial).toString('hex')}`), BigInt(`0x${theirs.serialNumber}`));
      assert.equal(own.notBefore, Date.parse(theirs.validFrom));
      assert.equal(own.notAfter, Date.parse(theirs.validTo));
      assert.equal(own.isAuthority, theirs.ca);
      const jwk = theirs.publicKey.export({ format: 'jwk' });
      const point = Buffer.concat([jwk.x, jwk.y].map((part) => Buffer.from(part ?? '', 'base64url')));
      assert.deepEqual(Buffer.from(own.publicKey), Buffer.concat([Buffer.from([4]), point]));
    }
  });

  it('refuses other keys and texts', () => {
    assert.throws(() => readCertificate('no certificate'), DerError);
    assert.throws(() => readCertificate(`${readGolden('receipt').identities[0]?.certificate}more`), DerError);
    assert.deepEqual(readCertificates('nothing here'), []);
  });
});

describe('the reader of messages', () => {
  const read = (bytes: string) => new Message(hex(bytes), [1, 2], '/here');
  const fault = { code: 'MALFORMED_MESSAGE', pointer: '/here' };

  it('reads numbers, bytes and text; what is absent is empty', () => {
    const message = read('08 ac 02 12 02 68 69');
    assert.equal(message.number(1), 300);
    assert.equal(message.text(2), 'hi');
    assert.deepEqual([read('').number(1), read('').text(2), read('').has(2)], [0, '', false]);
    assert.deepEqual(read('12 01 61 12 01 62').list(2), [hex('61'), hex('62')]);
  });

  it('refuses what another reader could read differently', () => {
    for (const bad of [
      '18 01',
      '08',
      '08 80',
      '08 80 00',
      '12 05 61',
      '0d 00 00 00 00',
      '0b 0c',
      `08 ${'ff'.repeat(9)}7f`,
    ]) {
      assert.throws(() => read(bad), fault, bad);
    }
    assert.throws(() => read('08 01 08 01').number(1), fault);
    assert.throws(() => read('0a 01 61').number(1), fault);
    assert.throws(() => read('08 01').bytes(1), fault);
    assert.throws(() => read('08 01').list(1), fault);
    assert.throws(() => read('12 01 ff').text(2), fault);
    assert.throws(() => read(`08 ${'ff'.repeat(8)}7f`).number(1), fault);
  });

  it('keeps no more fields than a message has that somebody meant', () => {
    assert.equal(read('1200'.repeat(100_000)).list(2).length, 100_000);
    assert.throws(() => read('1200'.repeat(100_001)), fault);
  });
});
