import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import {
  acceptInvitation,
  completeJoin,
  invitation,
  invite,
  joinRequest,
  proposeMember,
  requestToJoin,
  signProposal,
  submitProposal,
} from '../../network/native/join/index.js';
import type { NativeOptions } from '../../network/native/index.js';
import { openLayout } from '../../network/native/settings.js';
import { SetupError } from '../data-directory.js';
import { UsageError } from '../usage-error.js';
import { nativeOptions } from './native.js';
import type { JoinStep, NetworkOptions } from './options.js';

/** One step of an organization's way into a native network (docs/operations.md, "A partner joins"). */
export async function runJoin(dataDir: string, options: NetworkOptions & { step: JoinStep }): Promise<boolean> {
  const native = nativeOptions(join(resolve(dataDir), 'native'), options);
  const newcomer = () => organizationOf(native, options.as);
  const members = () => openLayout(native.dir, native.definition);
  const admin = () => {
    const peer = members().peers.find(({ organization }) => organization.name === options.as);
    return peer ?? fail(`${options.as ?? 'That'} is no organization of the network in ${native.dir}.`);
  };
  const { programs } = native;
  const steps: Record<JoinStep, () => Promise<string>> = {
    request: async () => writeOut(options, toJson(await requestToJoin(native, newcomer()))),
    propose: async () => {
      const request = readJson(options, joinRequest);
      return writeOut(options, await proposeMember(programs, members(), admin(), request));
    },
    sign: async () => writeOut(options, await signProposal(programs, admin(), readIn(options))),
    submit: async () => {
      await submitProposal(programs, members(), admin(), readIn(options));
      return 'The organization is a member of the channel.';
    },
    invite: async () => writeOut(options, toJson(await invite(programs, members()))),
    accept: async () => {
      await acceptInvitation(native, newcomer(), readJson(options, invitation));
      return 'The peers are in the channel and the contract is approved; the members upgrade now, then: join complete.';
    },
    complete: async () => `The gateway's connection profile: ${await completeJoin(native, newcomer())}`,
  };
  process.stdout.write(`${await steps[options.step]()}\n`);
  return true;
}

function organizationOf({ definition }: NativeOptions, name: string | undefined) {
  const found = definition.organizations.find((one) => one.name === name);
  return found ?? fail(`The definition has no organization by the name ${name ?? '(say --as NAME)'}.`);
}

function readIn({ in: file }: NetworkOptions): Buffer {
  if (file === undefined) throw new UsageError('This step of join needs --in FILE.');
  try {
    return readFileSync(file);
  } catch {
    return fail(`${file} cannot be read.`);
  }
}

function readJson<Message>(options: NetworkOptions, schema: z.ZodType<Message>): Message {
  const result = schema.safeParse(parseOrUndefined(readIn(options).toString()));
  return result.success
    ? result.data
    : fail(`${options.in ?? ''} is not what this step needs: ${z.prettifyError(result.error)}`);
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function writeOut({ out: file }: NetworkOptions, content: string | Buffer): string {
  if (file === undefined) throw new UsageError('This step of join needs --out FILE.');
  writeFileSync(file, content);
  return `Wrote ${file}. There is no secret in it.`;
}

function toJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function fail(message: string): never {
  throw new SetupError(message);
}
