// What every command needs before it can run: the right Node, the packages, a build of the sources as they stand.
// Plain JavaScript without packages, because it is what installs and builds them.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const MINIMUM_NODE = [20, 19];
/** The rooms, and which project builds them all: the tests take as long to compile as everything else. */
const PRODUCT = {
  rooms: ['core', 'intake', 'verifier', 'chaincode', 'gateway', 'network', 'scripts'],
  projects: ['scripts', 'chaincode'],
};
const PRODUCT_AND_TESTS = { rooms: [...PRODUCT.rooms, 'test'], projects: ['.'] };
const INSTALL_STAMP = join(root, 'node_modules/.install-stamp');

/** Ends the process with one sentence: the only way in which these scripts fail. */
export function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/** Installs and builds what is missing or out of date; says what it does, and says nothing when there is nothing to do. */
export function prepare({ withTests = false } = {}) {
  const { rooms, projects } = withTests ? PRODUCT_AND_TESTS : PRODUCT;
  checkNode();
  step('Installing packages', INSTALL_STAMP, digestOf([join(root, 'package-lock.json')]), () => {
    // npm's own variables would make this nested npm behave as the outer command was asked to.
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'The packages could not be installed.');
  });
  step('Building', join(root, 'dist', `.build-stamp${withTests ? '-tests' : ''}`), sourcesDigest(rooms), () => {
    run(process.execPath, ['node_modules/typescript/bin/tsc', '-b', ...projects], 'The sources do not compile.');
    run(process.execPath, ['dist/scripts/build-chaincode.js'], 'The chaincode could not be packaged.');
    run(process.execPath, ['dist/scripts/build-verifier-page.js'], "The verifier's page could not be made.");
  });
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = MINIMUM_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  fail(`Node ${MINIMUM_NODE.join('.')} or newer is needed; this is ${process.versions.node}.`);
}

function step(title, stamp, digest, work) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  const started = Date.now();
  process.stderr.write(`${title} …`);
  work();
  mkdirSync(join(stamp, '..'), { recursive: true });
  writeFileSync(stamp, digest);
  process.stderr.write(` done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

function run(command, args, failure) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', env: cleanEnvironment() });
  if (status === 0) return;
  process.stderr.write(`\n${stdout ?? ''}${stderr ?? ''}`);
  fail(failure);
}

function cleanEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(lifecycle|package|command)/.test(name)),
  );
}

function sourcesDigest(rooms) {
  const files = rooms.filter((room) => existsSync(join(root, room))).flatMap((room) => filesBelow(join(root, room)));
  return digestOf([
    ...files,
    join(root, 'package-lock.json'),
    join(root, 'tsconfig.base.json'),
    join(root, 'tsconfig.json'),
  ]);
}

function filesBelow(directory) {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|json|yaml|html|css)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function digestOf(files) {
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}
