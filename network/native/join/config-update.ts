import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ProgramError, runProgram } from '../programs.js';
import type { Programs } from '../programs.js';

/** Of Fabric's `common.Block` in JSON, no more than what is changed. */
const configuration = z.looseObject({
  channel_group: z.looseObject({
    groups: z.looseObject({ Application: z.looseObject({ groups: z.record(z.string(), z.unknown()) }) }),
  }),
});
const configBlock = z.looseObject({
  data: z.looseObject({
    data: z.tuple([z.looseObject({ payload: z.looseObject({ data: z.looseObject({ config: configuration }) }) })]),
  }),
});

/** Fabric's `HeaderType.CONFIG_UPDATE`. */
const CONFIG_UPDATE = 2;

/**
 * The envelope of a configuration update that adds an organization, unsigned.
 * @param work folder with the channel's last configuration block as `config.block`
 */
export async function changeConfiguration(
  programs: Programs,
  work: string,
  channel: string,
  mspId: string,
  description: unknown,
): Promise<Buffer> {
  const translator = new Translator(programs, work);
  const block = configBlock.parse(await translator.decode('common.Block', 'config.block'));
  const { config } = block.data.data[0].payload.data;
  const changed = structuredClone(config);
  const members = changed.channel_group.groups.Application.groups;
  if (mspId in members) throw new ProgramError(`${mspId} is a member already`);
  members[mspId] = description;
  await translator.encode('common.Config', config, 'before.pb');
  await translator.encode('common.Config', changed, 'after.pb');
  await translator.run(
    'compute_update',
    '--channel_id',
    channel,
    '--original',
    'before.pb',
    '--updated',
    'after.pb',
    '--output',
    'update.pb',
  );
  const update = await translator.decode('common.ConfigUpdate', 'update.pb');
  const header = { channel_header: { channel_id: channel, type: CONFIG_UPDATE } };
  await translator.encode('common.Envelope', { payload: { header, data: { config_update: update } } }, 'envelope.pb');
  return readFileSync(join(work, 'envelope.pb'));
}

/** Fabric's `configtxlator`, between its messages and JSON. */
class Translator {
  readonly #program: string;

  constructor(
    programs: Programs,
    private readonly work: string,
  ) {
    this.#program = join(dirname(programs.configtxgen), 'configtxlator');
  }

  async decode(type: string, file: string): Promise<unknown> {
    // Its standard output cannot be a socket, which is what a program's pipe is here.
    await this.run('proto_decode', '--type', type, '--input', file, '--output', `${file}.json`);
    return JSON.parse(readFileSync(join(this.work, `${file}.json`), 'utf8'));
  }

  async encode(type: string, value: unknown, file: string): Promise<void> {
    writeFileSync(join(this.work, `${file}.json`), JSON.stringify(value));
    await this.run('proto_encode', '--type', type, '--input', `${file}.json`, '--output', file);
  }

  /** Names of files are those of the working folder. */
  run(command: string, ...args: string[]): Promise<string> {
    const inFolder = args.map((arg, index) => (FILES.has(args[index - 1] ?? '') ? join(this.work, arg) : arg));
    return runProgram(this.#program, [command, ...inFolder], {});
  }
}

const FILES = new Set(['--input', '--output', '--original', '--updated']);
