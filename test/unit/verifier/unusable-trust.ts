/** Texts of `trust.json`, beside PEM files of three organizations, that say nothing that a verifier could go by. */
export const UNUSABLE_TRUST: readonly { name: string; json: string }[] = [
  { name: 'nothing in it', json: '' },
  { name: 'no JSON', json: '{ version: 1 }' },
  { name: 'a list', json: '[]' },
  { name: 'null', json: 'null' },
  { name: 'no rule', json: '{ "version": 1 }' },
  { name: 'another version', json: '{ "version": 2, "rule": { "at_least": 1 } }' },
  { name: 'true for its version', json: '{ "version": true, "rule": { "at_least": 1 } }' },
  { name: 'a rule that nobody has to meet', json: '{ "version": 1, "rule": { "at_least": 0 } }' },
  { name: 'a rule below zero', json: '{ "version": 1, "rule": { "at_least": -1 } }' },
  { name: 'half an organization', json: '{ "version": 1, "rule": { "at_least": 1.5 } }' },
  { name: 'a text for a number', json: '{ "version": 1, "rule": { "at_least": "1" } }' },
  { name: 'true for a number', json: '{ "version": 1, "rule": { "at_least": true } }' },
  { name: 'more organizations than there are files', json: '{ "version": 1, "rule": { "at_least": 4 } }' },
  { name: 'two rules', json: '{ "version": 1, "rule": { "at_least": 3 }, "rule": { "at_least": 1 } }' },
  { name: 'two numbers in a rule', json: '{ "version": 1, "rule": { "at_least": 3, "at_least": 1 } }' },
  { name: 'a rule of another name', json: '{ "version": 1, "rules": { "at_least": 1 }, "rule": { "at_least": 1 } }' },
  {
    name: 'an organization that it has no file of',
    json: '{ "version": 1, "rule": { "at_least": 1, "required": ["NobodyMSP"] } }',
  },
  { name: 'a text for a list', json: '{ "version": 1, "rule": { "at_least": 1, "required": "PartnerMSP" } }' },
  { name: 'numbers for organizations', json: '{ "version": 1, "rule": { "at_least": 1, "required": [1] } }' },
  { name: 'no name for the channel', json: '{ "version": 1, "channel": "", "rule": { "at_least": 1 } }' },
  { name: 'a number for the contract', json: '{ "version": 1, "chaincode": 1, "rule": { "at_least": 1 } }' },
  { name: 'a list for the bracket', json: '{ "version": 1, "rule": { "at_least": 1 }, "bracket": [] }' },
  {
    name: 'a time without its offset',
    json: '{ "version": 1, "rule": { "at_least": 1 }, "bracket": { "not_before": "2026-01-01T00:00:00" } }',
  },
  {
    name: 'a day for a time',
    json: '{ "version": 1, "rule": { "at_least": 1 }, "bracket": { "not_after": "2026-01-01" } }',
  },
  {
    name: 'a time that is none',
    json: '{ "version": 1, "rule": { "at_least": 1 }, "bracket": { "not_after": "2026-02-30T00:00:00Z" } }',
  },
  {
    name: 'a bracket that ends before it begins',
    json: '{ "version": 1, "rule": { "at_least": 1 }, "bracket": { "not_before": "2026-02-01T00:00:00Z", "not_after": "2026-01-01T00:00:00Z" } }',
  },
  {
    name: 'orderers of a kind that nobody knows',
    json: '{ "version": 1, "rule": { "at_least": 1 }, "orderers": { "consensus": "kafka" } }',
  },
  {
    name: 'orderers without certificates',
    json: '{ "version": 1, "rule": { "at_least": 1 }, "orderers": { "consensus": "raft" } }',
  },
];
