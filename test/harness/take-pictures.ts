// The pictures of the README, taken in a real workbench: tsx test/harness/take-pictures.ts (after a build).
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openFile, runCommand, webview } from './workbench.js';
import { root, startSession, type WorkbenchSession } from './workbench-session.js';

const RUN_MS = 60_000;
const SETTLE_MS = 1500;
/** Where the dashboard begins: it has two thirds of the window. */
const SASH_X = 480;

const settings = {
  'workbench.colorTheme': 'Default Dark Modern',
  'gradwatch.notifications': { findings: false, finished: false },
  'editor.minimap.enabled': false,
  'editor.wordWrap': 'on',
  'workbench.activityBar.location': 'hidden',
};

async function main(): Promise<void> {
  await inWorkbench('auto-mpg', async ({ page }) => {
    await dashboard(page).locator('[data-fix="scale-inputs"]').waitFor();
    await save(page, 'workbench');
    await dashboard(page).locator('.best-fix button').first().click();
    await dashboard(page).locator('.bar .state', { hasText: 'Completed' }).waitFor({ timeout: RUN_MS });
    await save(page, 'healthy');
  });
  await inWorkbench('slow-explosion', async ({ page }) => {
    await dashboard(page).locator('[data-finding="exploding-gradients"]').waitFor({ timeout: RUN_MS });
    await save(page, 'slow-explosion');
  });
}

const dashboard = (page: Page) => webview(page).locator('gradwatch-dashboard');

/** Trains an example in a workbench of its own. */
async function inWorkbench(example: string, work: (session: WorkbenchSession) => Promise<void>): Promise<void> {
  const session = await startSession({ example, settings });
  const { page } = session;
  try {
    await openFile(page, 'gradwatch.json');
    await runCommand(page, 'View: Close Primary Side Bar');
    await runCommand(page, 'Gradwatch: Train Model');
    await dashboard(page).locator('.bar .state').waitFor({ timeout: RUN_MS });
    await dragSash(page);
    await work(session);
  } catch (error) {
    await session.screenshot('pictures-failed');
    throw error;
  } finally {
    await session.close();
  }
}

async function dragSash(page: Page): Promise<void> {
  const box = await page.locator('.editor-group-container').nth(1).boundingBox();
  if (box === null) return;
  await page.mouse.move(box.x, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(SASH_X, box.y + box.height / 2, { steps: 5 });
  await page.mouse.up();
}

async function save(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(SETTLE_MS);
  await page.screenshot({ path: path.join(root, 'docs/images', `${name}.png`) });
}

void main();
