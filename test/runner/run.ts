import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TIERS, root } from './tiers.js';
import type { Tier } from './tiers.js';

/** Runs the checks and then each tier in a process of its own; coverage is gathered over all of them. */

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const work = mkdtempSync(join(tmpdir(), 'audit-test-'));
const environment = { ...process.env, NODE_V8_COVERAGE: join(work, 'coverage'), FORCE_COLOR: '0' };
const wanted = process.argv.slice(2);

const results = [check('eslint', ['.']), check('prettier', ['--check', '--log-level', 'warn', '.'])];
for (const tier of TIERS) {
  if (wanted.length === 0 ? !tier.onRequest : wanted.includes(tier.name)) results.push(runTier(tier));
}
if (wanted.length === 0) nameWhatDidNotRun();
reportCoverage();
rmSync(work, { recursive: true, force: true });

const total = results.reduce((sum, one) => ({
  passed: sum.passed + one.passed,
  failed: sum.failed + one.failed,
  skipped: sum.skipped + one.skipped,
}));
process.stdout.write(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}\n`,
);
process.exitCode = total.failed === 0 ? 0 : 1;

function check(program: string, args: string[]): Counts {
  heading(program);
  const passed = execute([join(root, 'node_modules', '.bin', program), ...args], process.env);
  return { passed: Number(passed), failed: Number(!passed), skipped: 0 };
}

function runTier(tier: Tier): Counts {
  heading(tier.name);
  const reason = tier.unavailable?.();
  if (reason) {
    process.stdout.write(`did NOT run: ${reason}\n`);
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const summary = join(work, `${tier.name}.json`);
  const mocha = join(root, 'node_modules', '.bin', 'mocha');
  const reporter = join(root, 'dist/test/runner/reporter.js');
  execute([mocha, '--reporter', reporter, tier.files], { ...environment, ...tier.env, AUDIT_TEST_SUMMARY: summary });
  // A tier that died before it could count is a failure, never a silence.
  if (!existsSync(summary)) return { passed: 0, failed: 1, skipped: 0 };
  return JSON.parse(readFileSync(summary, 'utf8')) as Counts;
}

function nameWhatDidNotRun(): void {
  const names = TIERS.filter((tier) => tier.onRequest).map(({ name }) => name);
  process.stdout.write(`\nOnly on request, and did NOT run: ${names.join(', ')} (npm run test:native)\n`);
}

function reportCoverage(): void {
  heading('coverage');
  const c8 = join(root, 'node_modules', '.bin', 'c8');
  const excluded = ['dist/chaincode-package/**', 'test/**', '**/node_modules/**'].flatMap((one) => ['--exclude', one]);
  const gathered = ['--temp-directory', environment.NODE_V8_COVERAGE];
  execute([c8, 'report', ...gathered, ...excluded, '--exclude-after-remap', '--reporter', 'text-summary'], process.env);
}

function execute([command = '', ...args]: string[], env: NodeJS.ProcessEnv): boolean {
  const { status } = spawnSync(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  return status === 0;
}

function heading(text: string): void {
  process.stdout.write(`\n== ${text}\n`);
}
