import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readOptions } from '../../../scripts/network/options.js';
import { UsageError } from '../../../scripts/usage-error.js';

describe('the options of npm run network', () => {
  const refused: [string, RegExp][] = [
    ['up', /Say --on/],
    ['up --on docker', /Say --on/],
    ['--on native', /Say one command/],
    ['up down --on native', /Say one command/],
    ['up --on native --fast', /Unknown option/],
    ['up --on native --base-port 0', /--base-port must be a number/],
    ['up --on native --base-port 7050.5', /--base-port must be a number/],
    ['logs --on native --lines -1', /lines/],
    ['up --on native --reset', /--reset belongs to down/],
    ['up --on native --couchdb http://127.0.0.1:5984', /user:password/],
    ['up --on native --couchdb own,http://peer:secret@127.0.0.1:5984', /user:password/],
    ['up --on native --couchdb https://peer:secret@127.0.0.1:5984', /user:password/],
    ['join --on native', /join has the steps/],
    ['join leave --on native', /join has the steps/],
    ['join request --on compose', /join works on native networks/],
    ['install', /needs --sha256/],
    ['install --sha256 abc', /needs --sha256/],
  ];
  for (const [line, reason] of refused) {
    it(`are refused: ${line}`, () => {
      assert.throws(
        () => readOptions(line.split(' ')),
        (error) => error instanceof UsageError && reason.test(error.message),
      );
    });
  }

  it('name a command and a network', () => {
    const options = readOptions('up --on native --couchdb http://a:b@127.0.0.1:1,http://a:b@127.0.0.1:2'.split(' '));
    assert.ok('command' in options);
    assert.deepEqual(
      [options.command, options.on, options.couchDb.length, options.basePort],
      ['up', 'native', 2, 7050],
    );
  });
});
