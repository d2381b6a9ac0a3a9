import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import axe from 'axe-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, type LaunchedBrowser } from '../harness/browser.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const RUNS = ['growing', 'healthy'] as const;
/** The first with the second laid over it. */
const COMPARED = 'compared';

let folder: string;
let browser: LaunchedBrowser;
const problems: string[] = [];
/** What the page has asked for, beside the file itself. */
const requests: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'gradwatch-report-'));
  for (const name of RUNS) {
    const fixture = path.join(root, 'test/fixtures/runs', name);
    await cp(`${fixture}.events.jsonl`, path.join(folder, name, 'events.jsonl'));
    await cp(`${fixture}.gradwatch.jsonc`, path.join(folder, name, `${name}.gradwatch.jsonc`));
    await run(process.execPath, [path.join(root, 'dist/cli.js'), 'report', path.join(folder, name)]);
  }
  const compared = path.join(folder, COMPARED, 'report.html');
  await mkdir(path.dirname(compared));
  await run(process.execPath, [path.join(root, 'dist/cli.js'), 'report', path.join(folder, 'growing'), '--compare', path.join(folder, 'healthy'), '--out', compared]); // prettier-ignore
  browser = await launchBrowser();
  const { page } = browser;
  page.on('console', (message) => (message.type() === 'error' || message.type() === 'warning') && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => !/^(file|data):/.test(request.url()) && requests.push(request.url()));
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => {
  expect(problems.splice(0)).toEqual([]);
  expect(requests).toEqual([]);
});

async function open(name: (typeof RUNS)[number] | typeof COMPARED, width = 1280): Promise<void> {
  await browser.page.setViewportSize({ width, height: 900 });
  await browser.page.goto(pathToFileURL(path.join(folder, name, 'report.html')).href);
  await browser.page.locator('.timeline .reading').first().waitFor();
}

async function violations(): Promise<string[]> {
  const { page } = browser;
  // The policy of the report lets no script in, so this one comes by the debugger.
  await page.evaluate(axe.source);
  const results = await page.evaluate(async () => (await (window as unknown as { axe: typeof axe }).axe.run(document)).violations);
  return results.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`));
}

const background = () => browser.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const texts = (selector: string) => browser.page.locator(selector).allInnerTexts();

describe.each(['dark', 'light'] as const)('a report in the %s scheme', (colorScheme) => {
  it.each([...[...RUNS, COMPARED as typeof COMPARED].map((name) => [name, 'no-preference'] as const), ['growing', 'more'] as const])(
    'axe finds nothing in %s, contrast %s',
    async (name, contrast) => {
      await browser.page.emulateMedia({ colorScheme, contrast });
      await open(name);
      expect(await violations()).toEqual([]);
      await browser.page.emulateMedia({ colorScheme, contrast: null });
    },
  );
});

describe('a report', () => {
  it('shows the run with all its tracks, and has a crosshair', async () => {
    const { page } = browser;
    await page.emulateMedia({ colorScheme: 'dark' });
    await open('growing');
    expect(await page.title()).toBe('growing.gradwatch.jsonc, 2025-01-01 12:00: diverged');
    expect(await texts('.bar .state')).toEqual(['Diverged']);
    expect(await texts('.layer .name')).toHaveLength(6);
    await page.locator('.timeline').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await texts('.ruler .reading')).toEqual(['step 30']);
  });

  it('leads from a finding to its line of the config and to what is written about it', async () => {
    const { page } = browser;
    const finding = page.locator('[data-finding="exploding-gradients"]');
    await finding.getByRole('link', { name: /line 22/ }).click();
    expect(await page.evaluate(() => document.querySelector(':target')?.textContent)).toContain('"learningRate": 0.02');
    await finding.getByRole('link', { name: 'exploding-gradients' }).click();
    expect(await page.evaluate(() => document.querySelector(':target h3')?.textContent)).toBe('Exploding gradients');
  });

  it('offers nothing that needs an editor', async () => {
    const names = await browser.page
      .getByRole('button')
      .evaluateAll((buttons) => buttons.map((button) => button.textContent?.trim() ?? ''));
    expect(names.filter((name) => /apply|train|log|check|stop|pause/i.test(name))).toEqual([]);
    expect(await texts('.fix .diff .file')).not.toEqual([]);
  });

  it('shows the run that was laid over it, with what differs', async () => {
    await open(COMPARED);
    await browser.page.locator('.compare').waitFor();
    expect(await texts('.compare b')).toEqual(['The runs part at step 0']);
    expect((await texts('.compare .letters span')).join()).toMatch(/A, growing.+B, healthy/);
    expect((await texts('.difference tbody tr')).some((row) => /data\.target\s+mpg\s+species/.test(row))).toBe(true);
    expect(await texts('.layer-head .columns span')).toEqual(['A', 'B', 'A ÷ B']);
    expect(await browser.page.locator('.compare button').count()).toBe(0);
    await open('growing');
  });

  it('is light on paper, unfolded, and dark again after', async () => {
    const { page } = browser;
    const dark = await background();
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await background()).toBe('rgb(255, 255, 255)');
    expect(await page.locator('details.fix:not([open])').count()).toBe(0);
    await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await background()).toBe(dark);
  });

  it.each([1280, 900, 420])('nothing sticks out sideways at %d pixels', async (width) => {
    await open('growing', width);
    expect(await browser.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
