// An agent that signs what it does, in its own process: its gateway can neither forge nor reorder its events, and an
// event that the gateway drops is missed at the next one (docs/decisions/0004-agent-keys.md).
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { SigningSession, signRegistration } from '../dist/core/index.js';

const { GATEWAY = 'http://127.0.0.1:3000', TOKEN, KEY_FILE = 'data/signing-agent.pem' } = process.env;
const agent = { owner: 'OperatorMSP', agent_id: 'signing-agent' };

if (!existsSync(KEY_FILE)) {
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(KEY_FILE, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
}
const privateKey = createPrivateKey(readFileSync(KEY_FILE));
const publicKey = createPublicKey(privateKey).export({ format: 'jwk' });
const signer = { publicKey, sign: (message) => sign(null, message, privateKey) };

await post(`/v1/agents/${agent.agent_id}/keys`, signRegistration({ ...agent, required: true }, signer));

const place = { ...agent, session_id: `refund-${Date.now()}` };
const session = new SigningSession(place, signer, () => randomBytes(16).toString('hex'));
await record({ event_type: 'session_start' });
const receipt = await record({
  event_type: 'tool_call',
  tool: 'refund',
  input: { order: 'A-17' },
  output: { ok: true },
});
await record({ event_type: 'final_decision', decision: 'refund', confidence: 0.93 });
await record({ event_type: 'session_end' });
console.log(receipt.locator);

function record(event) {
  return post('/v1/events', { sealed: session.seal({ timestamp: new Date().toISOString(), ...event }) });
}

async function post(path, body) {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const answer = await fetch(GATEWAY + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}
