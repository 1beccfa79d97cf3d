import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { IndexDatabase } from '../../../network/embedded/ledger/index-database.js';
import { withDirectory } from './chain.js';

describe('the index database', () => {
  it('shows appended work at once, and a process that dies loses the last of it', async () => {
    await withDirectory(async (dir) => {
      const database = IndexDatabase.open(path.join(dir, 'index.sqlite'));
      for (let number = 0; number < 40; number++) add(database, number);
      assert.deepEqual(numbers(database), count(40));
      await withDirectory(async (died) => {
        await cp(dir, died, { recursive: true });
        const left = IndexDatabase.open(path.join(died, 'index.sqlite'));
        assert.deepEqual(numbers(left), count(32));
        left.close();
      });
      database.close();
      const opened = IndexDatabase.open(path.join(dir, 'index.sqlite'));
      assert.deepEqual(numbers(opened), count(40));
      opened.close();
    });
  });

  it('puts appended work into the file before other work', async () => {
    await withDirectory((dir) => {
      const database = IndexDatabase.open(path.join(dir, 'index.sqlite'));
      add(database, 0);
      assert.throws(() =>
        database.transaction(() => {
          insert(database, 1);
          throw new Error('changed its mind');
        }),
      );
      assert.deepEqual(numbers(database), count(1));
      database.close();
      return Promise.resolve();
    });
  });

  it('answers nothing once appended work is lost, and has whole blocks when it is opened again', async () => {
    await withDirectory((dir) => {
      const database = IndexDatabase.open(path.join(dir, 'index.sqlite'));
      for (let number = 0; number < 33; number++) add(database, number);
      const addTwice = () =>
        database.append(() => {
          insert(database, 33);
          insert(database, 33);
        });
      assert.throws(addTwice, /UNIQUE/);
      assert.throws(() => numbers(database), /has lost blocks/);
      assert.throws(() => add(database, 34), /has lost blocks/);
      database.close();
      const opened = IndexDatabase.open(path.join(dir, 'index.sqlite'));
      assert.deepEqual(numbers(opened), count(32));
      opened.close();
      return Promise.resolve();
    });
  });
});

function add(database: IndexDatabase, number: number): void {
  database.append(() => insert(database, number));
}

function insert(database: IndexDatabase, number: number): void {
  database.run('INSERT INTO blocks(number, hash) VALUES (?, ?)', [number, Buffer.from(`block ${number}`)]);
}

function numbers(database: IndexDatabase): number[] {
  return database.all<[number]>('SELECT number FROM blocks ORDER BY number').map(([number]) => number);
}

function count(end: number): number[] {
  return Array.from({ length: end }, (_, number) => number);
}
