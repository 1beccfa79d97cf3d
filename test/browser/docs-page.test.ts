import assert from 'node:assert/strict';
import { after, before } from 'mocha';
import type { Browser } from 'playwright-core';
import { useProduct } from '../support/product.js';
import { launchBrowser } from './launch.js';

describe('the page /docs', () => {
  const product = useProduct();
  let browser: Browser;

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  it('shows every operation, asks nobody else for anything and breaks no rule of its own', async () => {
    const page = await browser.newPage();
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).host));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    const origin = `http://127.0.0.1:${product.port}`;
    await page.goto(`${origin}/docs`);
    await page.waitForSelector('.opblock');

    const shown = await page.locator('.opblock').count();
    const description = (await (await fetch(`${origin}/openapi.json`)).json()) as { paths: Record<string, object> };
    const described = Object.values(description.paths).flatMap((operations) => Object.keys(operations));
    assert.equal(shown, described.length);
    assert.deepEqual([...new Set(asked)], [`127.0.0.1:${product.port}`]);
    assert.deepEqual(complaints, []);
  });

  it('opens an operation and resolves everything that it refers to', async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${product.port}/docs`);
    await page.getByText('Record one event, or a batch').click();
    await page.getByText('endorsed_by').first().waitFor();
    // Swagger UI lists here what it cannot resolve in the description.
    assert.equal(await page.locator('.errors-wrapper').count(), 0);
  });
});
