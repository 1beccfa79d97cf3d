import assert from 'node:assert/strict';
import fc from 'fast-check';
import { asCouchDbReturns, checkCouchDbValue } from '../../../network/embedded/endorser/couchdb-values.js';
import { text, useProbeNetwork } from '../../support/probe-network.js';

const returned = (value: string): string => Buffer.from(asCouchDbReturns(Buffer.from(value))).toString();

describe('embedded network: values as CouchDB returns them', () => {
  const probe = useProbeNetwork();

  for (const [what, put, got] of [
    [
      'keys sorted, at every depth',
      '{"b":1,"a":{"d":1,"c":[{"f":1,"e":1}]}}',
      '{"a":{"c":[{"e":1,"f":1}],"d":1},"b":1}',
    ],
    ['white space gone', '{ "a" : [ 1 , 2 ] }', '{"a":[1,2]}'],
    ['numbers as doubles print', '{"a":1e3,"b":1.50,"c":9007199254740993}', '{"a":1000,"b":1.5,"c":9007199254740992}'],
    ['what HTML would misread escaped', '{"a":"<b>&c"}', '{"a":"\\u003cb\\u003e\\u0026c"}'],
    ['the last of equal names', '{"a":1,"a":2}', '{"a":2}'],
    ['an array as it was', '[ 1e3 ]', '[ 1e3 ]'],
    ['null as it was', ' null', ' null'],
    ['what is no JSON as it was', '{"a":', '{"a":'],
  ] as const) {
    it(what, () => assert.equal(returned(put), got));
  }

  it('have the same meaning, and come back the same the next time', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const once = returned(JSON.stringify(value));
        assert.deepEqual(JSON.parse(once), JSON.parse(JSON.stringify(value)));
        assert.equal(returned(once), once);
      }),
    );
  });

  it('refuse fields that CouchDB keeps for itself, at the top only', () => {
    for (const name of ['_id', '_rev', '_other', '~version']) {
      assert.throws(
        () => checkCouchDbValue(Buffer.from(`{"${name}":1}`)),
        /is not valid for the CouchDB state database/,
      );
    }
    checkCouchDbValue(Buffer.from('{"a":{"_id":1}}'));
    checkCouchDbValue(Buffer.from('["_id"]'));
  });

  it('reach the contract from reads and ranges, but history has what was written', async () => {
    const { contract } = probe().operator;
    const written = '{"b":1e3,"a":"<"}';
    await contract.submitTransaction('Put', 'document', written);
    assert.equal(text(await contract.evaluateTransaction('Get', 'document')), '{"a":"\\u003c","b":1000}');
    const history = JSON.parse(text(await contract.evaluateTransaction('History', 'document'))) as { value: string }[];
    assert.equal(history[0]?.value, written);
    await assert.rejects(contract.submitTransaction('Put', 'document', '{"_id":1}'), (error: { details: object[] }) =>
      JSON.stringify(error.details).includes('field [_id] is not valid'),
    );
  });
});
