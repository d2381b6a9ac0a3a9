import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeAction, editorLine, openFile, runCommand, webview } from '../harness/workbench.js';
import { startSession, type WorkbenchSession } from '../harness/workbench-session.js';

const RUN_MS = 60_000;
const EDIT_MS = 10_000;
const LENS_MS = 5_000;
const FIX = /^Scale the inputs/;

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
const statusBar = () => session.page.locator('.statusbar-item[id*="gradwatch"]');
const lenses = () => session.page.locator('.codelens-decoration').first();
const squiggles = () => session.page.locator('.monaco-editor .squiggly-error');

test('an exploding config is trained, explained on its line, fixed from the lightbulb, trained well, and restored by undo', async () => {
  const { page } = session;
  await openFile(page, 'gradwatch.json');
  await runCommand(page, 'Gradwatch: Train Model');

  // The dashboard fills with the finding and its fix cards.
  const finding = dashboard().locator('[data-finding="unscaled-inputs"]');
  await finding.waitFor({ timeout: RUN_MS });
  expect(await finding.innerText()).toContain('Inputs are not scaled');
  expect(await dashboard().locator('[data-fix="scale-inputs"]').count()).toBe(1);
  await squiggles().first().waitFor({ timeout: EDIT_MS });
  await session.screenshot('e2e-1-finding');

  // The lightbulb on the line of the finding offers the fix.
  await page.locator('.editor-group-container .tab', { hasText: 'gradwatch.json' }).first().click();
  const action = await codeAction(page, editorLine(page, '"data": {'), 'data', FIX);
  await session.screenshot('e2e-2-lightbulb');
  expect(await action.getAttribute('class'), 'the preferred fix is the one chosen').toContain('focused');
  await page.keyboard.press('Enter');
  await editorLine(page, '"scale": "standard"').waitFor({ timeout: EDIT_MS });

  // Trained again, it ends healthy: no error finding is left, and the loss beats the trivial predictor.
  await runCommand(page, 'Gradwatch: Train Model');
  await expect.poll(() => statusBar().innerText(), { timeout: RUN_MS }).toContain('Trained');
  await squiggles().first().waitFor({ state: 'detached', timeout: EDIT_MS });
  await runCommand(page, 'Gradwatch: Open Gradient Dashboard');
  await expect.poll(() => dashboard().locator('.state').innerText(), { timeout: EDIT_MS }).toContain('Completed');
  expect(await dashboard().locator('[data-finding].first .codicon-error').count()).toBe(0);
  await expect.poll(() => lenses().innerText(), { timeout: LENS_MS }).toContain('Train');
  expect(await page.locator('.notification-toast').count(), 'notifications that outlived their finding').toBe(0);
  await session.screenshot('e2e-3-healthy');

  // One undo takes the fix back, comments and all.
  await page.locator('.editor-group-container .tab', { hasText: 'gradwatch.json' }).first().click();
  await editorLine(page, '"scale": "standard"').click();
  await page.keyboard.press('Control+z');
  await editorLine(page, '"scale": "standard"').waitFor({ state: 'detached', timeout: EDIT_MS });
  await runCommand(page, 'File: Save');
  await expect.poll(() => readFile(configFile(), 'utf8'), { timeout: EDIT_MS }).toBe(original);
});
