import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import type { ChaincodeStub } from 'fabric-shim-api';
import { peer } from '@hyperledger/fabric-protos';
import { listenToPeers, readMany, writeMany } from '../../../chaincode/shim/peer-batches.js';

const require = createRequire(import.meta.url);
const { Type } = peer.ChaincodeMessage;
const { ChaincodeMessageHandler } = require('fabric-shim/lib/handler.js') as {
  ChaincodeMessageHandler: new (stream: Peer, chaincode: object) => { chat(first: object): void };
};
const Stub = require('fabric-shim/lib/stub.js') as { prototype: ChaincodeStub };

/** What a peer is sent, and answers: the values of the keys that begin with `k`. */
class Peer extends EventEmitter {
  readonly sent: number[] = [];
  readonly written: string[] = [];

  write(message: peer.ChaincodeMessage): void {
    if (message.getType() === Type.REGISTER) return;
    this.sent.push(message.getType());
    const payload = this.#answer(message.getType(), message.getPayload_asU8());
    queueMicrotask(() => this.emit('data', messageOf(Type.RESPONSE, payload)));
  }

  #answer(type: number, payload: Uint8Array): Uint8Array {
    if (type === Type.GET_STATE) return valueOf(peer.GetState.deserializeBinary(payload).getKey());
    if (type === Type.GET_STATE_MULTIPLE) {
      const result = new peer.GetStateMultipleResult();
      result.setValuesList(peer.GetStateMultiple.deserializeBinary(payload).getKeysList().map(valueOf));
      return result.serializeBinary();
    }
    if (type === Type.PUT_STATE) this.#put(peer.PutState.deserializeBinary(payload));
    if (type === Type.WRITE_BATCH_STATE) {
      for (const record of peer.WriteBatchState.deserializeBinary(payload).getRecList()) {
        assert.equal(record.getType(), peer.WriteRecord.Type.PUT_STATE);
        this.#put(record);
      }
    }
    return new Uint8Array();
  }

  #put(put: Pick<peer.PutState, 'getCollection' | 'getKey' | 'getValue_asU8'>): void {
    this.written.push(`${put.getCollection()}/${put.getKey()}=${Buffer.from(put.getValue_asU8()).toString()}`);
  }
}

function valueOf(key: string): Uint8Array {
  return Buffer.from(key.startsWith('k') ? `value of ${key}` : '');
}

function messageOf(type: ReturnType<peer.ChaincodeMessage['getType']>, payload: Uint8Array = new Uint8Array()) {
  const message = new peer.ChaincodeMessage();
  message.setType(type);
  message.setPayload(payload);
  message.setChannelId('channel');
  message.setTxid('tx');
  return message;
}

/** A transaction on a peer that has said this when the chaincode registered. */
function transaction(says: Uint8Array): { stub: ChaincodeStub; at: Peer } {
  const at = new Peer();
  const handler = new ChaincodeMessageHandler(at, {});
  handler.chat(messageOf(Type.REGISTER));
  at.emit('data', messageOf(Type.REGISTERED));
  at.emit('data', messageOf(Type.READY, says));
  const stub = Object.assign(Object.create(Stub.prototype) as ChaincodeStub, {
    handler,
    channel_id: 'channel',
    txId: 'tx',
  });
  return { stub, at };
}

function limits(size: number): Uint8Array {
  const params = new peer.ChaincodeAdditionalParams();
  params.setUseWriteBatch(true);
  params.setMaxSizeWriteBatch(size);
  params.setUseGetMultipleKeys(true);
  params.setMaxSizeGetMultipleKeys(size);
  return params.serializeBinary();
}

const WRITES = [
  { key: 'a', value: Buffer.from('1'), collection: '' },
  { key: 'b', value: Buffer.alloc(300, 'x'), collection: 'payloads' },
  { key: 'ü', value: Buffer.from('3'), collection: '' },
];
const WRITTEN = ['/a=1', `payloads/b=${'x'.repeat(300)}`, '/ü=3'];
const KEYS = ['k1', 'none', 'k3'];
const VALUES = ['value of k1', '', 'value of k3'];

describe('many keys in one message', () => {
  before(listenToPeers);

  for (const { name, says, reads, writes } of [
    { name: 'where the peer takes such', says: limits(1000), reads: 1, writes: 1 },
    { name: 'in as many as the peer wants', says: limits(2), reads: 2, writes: 2 },
  ]) {
    it(`are read and written ${name}`, async () => {
      const { stub, at } = transaction(says);
      const values = await readMany(stub, KEYS);
      assert.deepEqual(
        values.map((value) => Buffer.from(value).toString()),
        VALUES,
      );
      await writeMany(stub, WRITES);
      assert.deepEqual(at.written, WRITTEN);
      const expected = [
        ...Array<number>(reads).fill(Type.GET_STATE_MULTIPLE),
        ...Array<number>(writes).fill(Type.WRITE_BATCH_STATE),
      ];
      assert.deepEqual(at.sent, expected);
    });
  }

  it('are not sent to a peer that has not said that it takes them', async () => {
    const { stub, at } = transaction(new Uint8Array());
    const values = await readMany(stub, KEYS);
    assert.deepEqual(
      values.map((value) => Buffer.from(value).toString()),
      VALUES,
    );
    await writeMany(stub, WRITES);
    assert.deepEqual(at.written, WRITTEN);
    assert.deepEqual(at.sent, [...Array<number>(3).fill(Type.GET_STATE), ...Array<number>(3).fill(Type.PUT_STATE)]);
  });
});
