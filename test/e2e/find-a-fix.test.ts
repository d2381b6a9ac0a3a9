import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { editorLine, openFile, runCommand, webview } from '../harness/workbench.js';
import { startSession, type WorkbenchSession } from '../harness/workbench-session.js';

const RUN_MS = 60_000;
const EDIT_MS = 10_000;

let session: WorkbenchSession;
let original: string;

beforeAll(async () => {
  session = await startSession({ example: 'auto-mpg' });
  original = await readFile(configFile(), 'utf8');
});

afterAll(async () => {
  await session?.close();
});

const configFile = () => path.join(session.workspace, 'gradwatch.json');
const dashboard = () => webview(session.page).locator('gradwatch-dashboard');
const best = () => dashboard().locator('.fix').first();
const notification = () => session.page.locator('.notification-toast');
const tab = () => session.page.locator('.editor-group-container .tab', { hasText: 'gradwatch.json' }).first();

test('an exploding config gets a proven fix: searched, shown with its figures, applied and trained well, and taken back', async () => {
  const { page } = session;
  await openFile(page, 'gradwatch.json');
  await runCommand(page, 'Gradwatch: Train Model');
  await dashboard().locator('[data-finding]').first().waitFor({ timeout: RUN_MS });

  // The search tells how far it is, in the notification and on the page.
  await dashboard().getByText('Find a working fix').click();
  await dashboard().locator('.search progress').waitFor({ timeout: EDIT_MS });
  await notification().filter({ hasText: 'Finding a working fix' }).waitFor({ timeout: EDIT_MS });
  await session.screenshot('find-1-searching');

  // The best fix comes first, with what it did beside the untouched config; the config itself is as it was.
  await notification().filter({ hasText: 'Apply and Train' }).waitFor({ timeout: RUN_MS });
  await best().locator('.trial .outcome').waitFor({ timeout: EDIT_MS });
  expect(await best().locator('.result').first().innerText()).toMatch(/^0\.\d+ of baseline$/);
  expect(await best().locator('.trial-spark').count()).toBe(1);
  expect(await readFile(configFile(), 'utf8')).toBe(original);
  await session.screenshot('find-2-verified');

  await best().getByText('Preview').click();
  await page.locator('.monaco-diff-editor').waitFor({ timeout: EDIT_MS });
  await session.screenshot('find-3-preview');
  await runCommand(page, 'View: Close Editor');

  await runCommand(page, 'Gradwatch: Open Gradient Dashboard');
  await best().getByText('Apply and retrain').click();
  await expect.poll(() => dashboard().locator('.state').innerText(), { timeout: RUN_MS }).toContain('Completed');
  expect(await dashboard().locator('[data-finding].first .codicon-error').count()).toBe(0);
  await session.screenshot('find-4-healthy');

  await tab().click();
  await editorLine(page, '"optimizer"').click();
  await page.keyboard.press('Control+z');
  await runCommand(page, 'File: Save');
  await expect.poll(() => readFile(configFile(), 'utf8'), { timeout: EDIT_MS }).toBe(original);
});
