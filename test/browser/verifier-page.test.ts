import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { root } from '../runner/tiers.js';
import { launchBrowser } from './launch.js';

const vectors = join(root, 'test/vectors/evidence-v1');

describe('the verifier as a page opened from disk', () => {
  const dir = mkdtempSync(join(tmpdir(), 'verifier-page-'));
  let browser: Browser;
  let page: Page;
  const asked: string[] = [];
  const complaints: string[] = [];

  before(async () => {
    browser = await launchBrowser();
    const context = await browser.newContext({ offline: true });
    page = await context.newPage();
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(join(root, 'dist/verifier.html')).href);
  });
  after(async () => {
    await browser.close();
    rmSync(dir, { recursive: true });
  });

  async function verify(file: string, trust: string, challenge = ''): Promise<{ verdict: string; report: string }> {
    await page.setInputFiles('#evidence', file);
    await page.setInputFiles('#trust', trust);
    await page.fill('#challenge', challenge);
    // What was shown before must not pass for the answer.
    await page.evaluate('document.getElementById("verdict").hidden = true');
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.locator('#verdict').waitFor({ state: 'visible' });
    return { verdict: await page.locator('#verdict').innerText(), report: await page.locator('#report').innerText() };
  }

  it('comes to a verdict on evidence of real peers, and of a demonstration, in full', async () => {
    const real = await verify(join(vectors, 'fabric/receipt.json'), join(vectors, 'fabric/trust'), 'asked-of-fabric');
    assert.equal(real.verdict, 'Valid');
    assert.match(real.report, /PROVEN[^]*THIS DOES NOT SHOW/);
    const full = await verify(join(vectors, 'embedded-full/full.json'), join(vectors, 'embedded-full/trust'));
    assert.match(full.verdict, /^Not independent/);
    assert.match(full.report, /orderer0\.orderer\.example of OrdererMSP signed the block/);
  });

  it('comes to a verdict on a session, and on what was not there', async () => {
    const [session, absence] = ['session', 'absence'].map((name) => join(vectors, `fabric-forms/${name}.json`));
    const trust = join(vectors, 'fabric-forms/trust');
    const told = await verify(session ?? '', trust, 'golden-challenge');
    assert.deepEqual([told.verdict, /events 1 to 4 of 4, closed/.test(told.report)], ['Valid', true]);
    const absent = await verify(absence ?? '', trust, 'golden-challenge');
    assert.deepEqual([absent.verdict, /ended at event 4/.test(absent.report)], ['Valid', true]);
  });

  it('finds the field where one byte is another one', async () => {
    const forged = join(dir, 'forged.json');
    const text = readFileSync(join(vectors, 'embedded/receipt.json'), 'utf8');
    writeFileSync(forged, text.replace('"amount": 75.5', '"amount": 75.6'));
    const { verdict, report } = await verify(forged, join(vectors, 'embedded/trust'));
    assert.equal(verdict, 'Invalid');
    assert.match(report, /COMMITMENT_MISMATCH[^]*\/event\/openings\/input/);
  });

  it('says what is missing in the folder of trust, and takes no markup from a file', async () => {
    const file = join(dir, 'markup.json');
    writeFileSync(file, '{"<img src=x onerror=alert(1)>": 1}');
    const { verdict, report } = await verify(file, join(vectors, 'embedded/trust'));
    assert.equal(verdict, 'Invalid');
    assert.match(report, /UNKNOWN_FORMAT/);
    assert.match((await verify(file, dir)).verdict, /has no trust\.json/);
  });

  it('asks nobody for anything, and breaks no rule of its own', () => {
    assert.deepEqual(
      asked.filter((url) => !url.startsWith('file:')),
      [],
    );
    assert.deepEqual(complaints, []);
  });
});
