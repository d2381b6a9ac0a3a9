import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFile, runCommand, webview } from '../harness/workbench.js';
import { startSession, type WorkbenchSession } from '../harness/workbench-session.js';

const RUN_MS = 60_000;
const EDIT_MS = 10_000;

let session: WorkbenchSession;
let original: string;

beforeAll(async () => {
  session = await startSession({ example: 'slow-explosion' });
  // Long enough to be steered.
  const text = (await readFile(configFile(), 'utf8')).replace(/"epochs": \d+/, '"epochs": 3000');
  await writeFile(configFile(), text);
  original = text;
});

afterAll(async () => {
  await session?.close();
});

const configFile = () => path.join(session.workspace, 'gradwatch.json');
const dashboard = () => webview(session.page).locator('gradwatch-dashboard');
const state = () => dashboard().locator('.state').innerText();
/** The step of the run bar. */
const stepShown = async () =>
  Number(/step ([\d,]+)/.exec(await dashboard().locator('.bar .figures').innerText())?.[1]?.replaceAll(',', ''));

test('an explosion is paused, clipped live from its last healthy step, trains on, and is written to the config when asked', async () => {
  const { page } = session;
  await openFile(page, 'gradwatch.json');
  await runCommand(page, 'Gradwatch: Train Model');
  const card = dashboard().locator('[data-fix="clip-gradients"]');
  await card.waitFor({ timeout: RUN_MS });
  await expect.poll(state, { timeout: RUN_MS }).toMatch(/Paused|Held/);
  const held = await stepShown();
  await session.screenshot('e2e-live-1-paused');

  // Back to the last healthy step by the run bar, then the clip from there.
  await dashboard().locator('.icon-button[aria-label^="Roll back to"]').click();
  await expect.poll(() => dashboard().locator('.verdict').innerText(), { timeout: EDIT_MS }).toContain('rolled back');
  if ((await card.getAttribute('open')) === null) await card.locator('summary').click();
  await card.getByRole('button', { name: /^Apply live from healthy step/ }).click();
  await expect.poll(() => card.locator('summary').innerText(), { timeout: EDIT_MS }).toContain('live from step');
  // It goes on, past the step where it was held without the clip.
  await expect.poll(stepShown, { timeout: RUN_MS }).toBeGreaterThan(held);
  expect(await readFile(configFile(), 'utf8'), 'nothing is written unasked').toBe(original);
  await session.screenshot('e2e-live-2-goes-on');

  await card.getByRole('button', { name: 'Write to config' }).click();
  await expect.poll(() => card.locator('summary').innerText(), { timeout: EDIT_MS }).toContain('applied');
  await runCommand(page, 'File: Save All');
  await expect.poll(() => readFile(configFile(), 'utf8'), { timeout: EDIT_MS }).toContain('"gradientClip"');
  await session.screenshot('e2e-live-3-written');
});
