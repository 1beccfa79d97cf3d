import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { EvidenceFile, SignedAnswerFile } from '../../../core/index.js';
import { verifyEvidence } from '../../../verifier/index.js';
import type { FaultCode } from '../../../verifier/index.js';
import { GOLDEN, goldenTrust, readGolden, readGoldenForm } from './golden.js';
import type { GoldenName } from './golden.js';
import { mutationsOf, swapsOf } from './mutations.js';
import type { Mutation } from './mutations.js';

const receipt = readGolden('receipt');

/** Each file with another one to take parts from, and whom its network's certificates make trusted. */
const MATRIX = [
  { name: 'receipt', other: 'other', trust: goldenTrust('receipt') },
  { name: 'full', other: 'otherFull', trust: goldenTrust('full') },
  { name: 'signed', other: 'otherSigned', trust: goldenTrust('signed') },
  { name: 'session', other: 'otherSession', trust: goldenTrust('session') },
  { name: 'absence', other: 'absentSession', trust: goldenTrust('absence') },
  { name: 'absentSession', other: 'absence', trust: goldenTrust('absence') },
  { name: 'absentId', other: 'absentSession', trust: goldenTrust('absence') },
  { name: 'query', other: 'otherQuery', trust: goldenTrust('query') },
] as const;
type Case = (typeof MATRIX)[number];

/** What a fault in a place is called; the first line that fits the pointer counts. */
const EXPECTED: readonly [pointer: RegExp, codes: FaultCode[]][] = [
  [/^\/(format|version)$/, ['UNKNOWN_FORMAT']],
  [/^\/form$/, ['MALFORMED_EVIDENCE']],
  [/^\/block\/(number|transaction)$/, ['BLOCK_MISMATCH', 'MALFORMED_EVIDENCE']],
  [/^\/block\/(previous_hash|envelopes|headers)/, ['HEADER_CHAIN_BROKEN', 'MALFORMED_EVIDENCE']],
  [/^\/block\/discloses/, ['DISCLOSURE_MISMATCH', 'MALFORMED_EVIDENCE']],
  [/^\/block\/signatures$/, ['SIGNATURE_INVALID', 'MALFORMED_MESSAGE', 'MALFORMED_EVIDENCE']],
  [/^\/block$/, ['BLOCK_MISMATCH', 'HEADER_CHAIN_BROKEN', 'MALFORMED_EVIDENCE']],
  [/^\/network/, ['NETWORK_MISMATCH', 'MALFORMED_EVIDENCE']],
  [/^\/event\/answer\/challenge$/, ['CHALLENGE_MISMATCH', 'MALFORMED_EVIDENCE']],
  [/^\/event\/answer(\/event)?$/, ['COMMITMENT_MISMATCH', 'AGENT_KEY_MISMATCH', 'MALFORMED_EVIDENCE']],
  [/^\/event\/answer\/event\/core/, ['EVENT_HASH_MISMATCH', 'LOCATOR_MISMATCH', 'MALFORMED_EVIDENCE']],
  [/^\/event\/answer\/event\/hash$/, ['EVENT_HASH_MISMATCH', 'MALFORMED_EVIDENCE']],
  [/^\/event\/answer\/event\/locator$/, ['LOCATOR_MISMATCH', 'MALFORMED_EVIDENCE']],
  [/^\/event\/answer\/event\/signature/, ['AGENT_SIGNATURE_INVALID', 'AGENT_KEY_MISMATCH', 'MALFORMED_EVIDENCE']],
  [/\/agent_key(\/(owner|agent_id|key_id|public_key.*))?$/, ['AGENT_KEY_MISMATCH', 'MALFORMED_EVIDENCE']],
  [/\/agent_key\/(proof|required)$/, ['KEY_PROOF_INVALID', 'MALFORMED_EVIDENCE']],
  [/^\/event\/answer/, ['ANSWER_MISMATCH', 'CHALLENGE_MISMATCH', 'MALFORMED_EVIDENCE']],
  [/^\/event\/openings/, ['COMMITMENT_MISMATCH', 'MALFORMED_EVIDENCE']],
  [/\/endorsements\/\d\/signature$/, ['SIGNATURE_INVALID', 'MALFORMED_EVIDENCE']],
  [/\/endorsements/, ['OUT_OF_ORDER', 'SIGNATURE_INVALID', 'UNKNOWN_IDENTITY', 'SIGNERS_DIFFER', 'MALFORMED_EVIDENCE']],
  [/\/channel_header$/, ['PROPOSAL_MISMATCH', 'MALFORMED_MESSAGE', 'MALFORMED_EVIDENCE']],
  [/\/(nonce|creator)$/, ['PROPOSAL_MISMATCH', 'UNKNOWN_IDENTITY', 'MALFORMED_EVIDENCE']],
  [/\/proposal_payload$/, ['PROPOSAL_MISMATCH', 'MALFORMED_MESSAGE', 'MALFORMED_EVIDENCE']],
  [
    /\/response_payload$/,
    [
      'PROPOSAL_MISMATCH',
      'ANSWER_MISMATCH',
      'SIGNATURE_INVALID',
      'MALFORMED_MESSAGE',
      'MALFORMED_EVIDENCE',
      'END_NOT_READ',
      'HEAD_NOT_READ',
      'RECORD_NOT_READ',
      'ABSENCE_NOT_READ',
    ],
  ],
  [/^\/checkpoints\/0\/answer/, ['ANSWER_MISMATCH', 'MALFORMED_EVIDENCE']],
  [/^\/checkpoints/, ['OUT_OF_ORDER', 'SIGNERS_DIFFER', 'CHALLENGE_MISMATCH', 'MALFORMED_EVIDENCE']],
  [
    /^\/identities/,
    [
      'MALFORMED_CERTIFICATE',
      'PROPOSAL_MISMATCH',
      'CERTIFICATE_NOT_TRUSTED',
      'UNUSED_IDENTITY',
      'NOT_A_PEER',
      'SIGNATURE_INVALID',
      'UNKNOWN_IDENTITY',
      'OUT_OF_ORDER',
      'MALFORMED_EVIDENCE',
    ],
  ],
  [/^\/session\/\d\/answer\/challenge$/, ['CHALLENGE_MISMATCH', 'MALFORMED_EVIDENCE']],
  [/\/events\/\d\/(core|hash)/, ['EVENT_HASH_MISMATCH', 'MALFORMED_EVIDENCE']],
  [
    /\/events\/\d\/signature/,
    ['ANSWER_MISMATCH', 'AGENT_SIGNATURE_INVALID', 'AGENT_KEY_MISMATCH', 'MALFORMED_EVIDENCE'],
  ],
  [/\/events\/\d\/submitted_by$/, ['ANSWER_MISMATCH', 'MALFORMED_EVIDENCE']],
  [
    /\/(from_seq|first_seq|events|events\/\d|records|records\/\d)$/,
    [
      'CHAIN_BROKEN',
      'HEAD_MISMATCH',
      'AGENT_KEY_MISMATCH',
      'LOCATOR_MISMATCH',
      'ANSWER_MISMATCH',
      'MALFORMED_EVIDENCE',
    ],
  ],
  [/^\/session\/\d\/answer\/agent_keys\/0\/(proof|required)$/, ['KEY_PROOF_INVALID', 'MALFORMED_EVIDENCE']],
  [
    /^\/session\/\d\/answer\/agent_keys(\/0(\/(owner|agent_id|key_id|public_key.*))?)?$/,
    ['AGENT_KEY_MISMATCH', 'MALFORMED_EVIDENCE'],
  ],
  [/\/answer\/head\/(owner|agent_id|session_id)$/, ['LOCATOR_MISMATCH', 'MALFORMED_EVIDENCE']],
  [/^\/session\/\d\/answer\/head/, ['HEAD_MISMATCH', 'LOCATOR_MISMATCH', 'ANSWER_MISMATCH', 'MALFORMED_EVIDENCE']],
  [/^\/session\/\d\/answer/, ['ANSWER_MISMATCH', 'LOCATOR_MISMATCH', 'CHAIN_BROKEN', 'MALFORMED_EVIDENCE']],
  [
    /^\/absence\/answer/,
    [
      'ANSWER_MISMATCH',
      'LOCATOR_MISMATCH',
      'CHALLENGE_MISMATCH',
      'NOT_ABSENT',
      'WRONG_ARGUMENTS',
      'MALFORMED_EVIDENCE',
    ],
  ],
  [/^\/query\/answer\/query/, ['WRONG_ARGUMENTS', 'MALFORMED_EVIDENCE']],
  [/^\/query\/answer/, ['ANSWER_MISMATCH', 'LOCATOR_MISMATCH', 'CHALLENGE_MISMATCH', 'MALFORMED_EVIDENCE']],
  [
    /^\/(session|absence|query)/,
    [
      'WRONG_ARGUMENTS',
      'CHAIN_BROKEN',
      'LOCATOR_MISMATCH',
      'ANSWER_MISMATCH',
      'CHALLENGE_MISMATCH',
      'PROPOSAL_MISMATCH',
      'MALFORMED_EVIDENCE',
    ],
  ],
  [/^\/event\/signed$/, ['WRONG_ARGUMENTS', 'MALFORMED_EVIDENCE']],
  [/^\/event/, ['CHALLENGE_MISMATCH', 'MALFORMED_EVIDENCE', 'EVENT_HASH_MISMATCH', 'BLOCK_MISMATCH']],
];

/**
 * What says less, or the same, and holds: whoever hands evidence over may withhold the payload, or the first or last answer;
 * and the two files in full were asked for with one challenge of one ledger, whose checkpoints say the same.
 */
function isHarmless({ kind, pointer }: Mutation, { name }: Case): boolean {
  const isWithheld = kind === 'remove' && /^\/(event\/openings(\/[^/]+)?|session\/\d)$/.test(pointer);
  return isWithheld || (name === 'full' && kind === 'swap' && /^\/checkpoints(\/0(\/signed)?)?$/.test(pointer));
}

function verify(text: string | Uint8Array, { name, trust }: Case = MATRIX[0]) {
  return verifyEvidence(Buffer.from(text), trust, { challenge: GOLDEN[name].challenge });
}

function checkCaught(mutation: Mutation, of: Case): void {
  const report = verify(mutation.text, of);
  const place = `${mutation.kind} ${mutation.pointer}: ${report.fault?.code} ${report.fault?.detail}`;
  if (isHarmless(mutation, of)) {
    assert.equal(report.verdict, 'demonstration', place);
    return;
  }
  assert.equal(report.verdict, 'invalid', place);
  const isRepeatedKey = report.fault?.code === 'NOT_JSON' && mutation.kind === 'duplicate';
  const codes = EXPECTED.find(([pattern]) => pattern.test(mutation.pointer))?.[1] ?? [];
  assert.ok(isRepeatedKey || codes.some((code) => code === report.fault?.code), place);
}

describe('evidence that was tampered with', function () {
  this.timeout(60_000);

  it('verifies as it was handed out, in every version that there was', () => {
    for (const [name, { challenge, verdict }] of Object.entries(GOLDEN)) {
      const bytes = Buffer.from(JSON.stringify(readGoldenForm(name as GoldenName)));
      const report = verifyEvidence(bytes, goldenTrust(name as GoldenName), { challenge });
      assert.equal(report.verdict, verdict, report.fault?.detail);
      assert.equal(report.signers.length, 3);
    }
  });

  for (const of of MATRIX) {
    it(`is caught wherever a field is altered, removed, duplicated or moved (${of.name})`, () => {
      const mutations = [...mutationsOf(readGoldenForm(of.name))];
      assert.ok(mutations.length > 150);
      for (const mutation of mutations) checkCaught(mutation, of);
    });

    it(`is caught wherever a field comes from other evidence (${of.name})`, () => {
      const swaps = [...swapsOf(readGoldenForm(of.name), readGoldenForm(of.other))];
      assert.ok(swaps.length > 20);
      for (const swap of swaps) checkCaught(swap, of);
    });
  }

  it('is caught wherever a byte of the file is another one', () => {
    const bytes = Buffer.from(JSON.stringify(receipt));
    for (let index = 0; index < bytes.length; index += 41) {
      const flipped = Buffer.from(bytes);
      flipped[index] = (flipped[index] ?? 0) ^ 1;
      assert.equal(verify(flipped).verdict, 'invalid', `byte ${index}`);
    }
  });

  it('says where: one byte of a value is that value', () => {
    const text = JSON.stringify(receipt).replace('"amount":75.5', '"amount":75.6');
    assert.equal(verify(text).fault?.pointer, '/event/openings/input');
  });
});

describe('the verifier on anything at all', function () {
  this.timeout(60_000);

  it('never takes noise for evidence, and never fails but in its own words', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => verify(bytes).verdict === 'invalid'),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.json(), (text) => verify(text).verdict === 'invalid'),
      { numRuns: 200 },
    );
  });

  it('never takes mangled signed bytes for evidence, whatever its form', () => {
    const fields = ['channel_header', 'nonce', 'proposal_payload', 'response_payload'] as const;
    const noise = fc.uint8Array({ minLength: 1, maxLength: 40 });
    const mangled = fc.tuple(fc.constantFrom(...MATRIX), fc.constantFrom(...fields), noise, fc.nat());
    fc.assert(
      fc.property(mangled, ([of, field, bytes, at]) => {
        const file = readGoldenForm(of.name);
        const signed = signedIn(file);
        const honest = Buffer.from(signed[field], 'base64');
        const start = at % honest.length;
        const edited = Buffer.concat([honest.subarray(0, start), bytes, honest.subarray(start + bytes.length)]);
        fc.pre(!edited.equals(honest));
        signed[field] = edited.toString('base64');
        return verify(JSON.stringify(file), of).verdict === 'invalid';
      }),
      { numRuns: 400 },
    );
  });

  it('never takes mangled certificates for those of peers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.nat(), fc.nat(3), (noise, at, which) => {
        const file = structuredClone(receipt);
        const identity = file.identities[which];
        assert.ok(identity);
        const der = Buffer.from(identity.certificate.replace(/-----[^-]+-----|\s/g, ''), 'base64');
        der.set(noise, at % (der.length - noise.length));
        const body = der.toString('base64').replace(/(.{64})/g, '$1\n');
        const mangled = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
        fc.pre(mangled !== identity.certificate);
        identity.certificate = mangled;
        return verify(JSON.stringify(file)).verdict === 'invalid';
      }),
      { numRuns: 200 },
    );
  });
});

/** One signed answer of the file, to be changed in place. */
function signedIn(file: EvidenceFile): SignedAnswerFile {
  switch (file.form) {
    case 'receipt':
    case 'full':
      return file.event.signed;
    case 'session':
      return file.session[1]?.signed ?? assert.fail();
    case 'absence':
      return file.absence.signed;
    case 'query':
      return file.query.signed;
  }
}
