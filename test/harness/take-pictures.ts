// The pictures of the README, taken in a real workbench: tsx test/harness/take-pictures.ts (after a build).
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openFile, runCommand, webview } from './workbench.js';
import { root, startSession } from './workbench-session.js';

const SETTLE_MS = 1500;

async function main(): Promise<void> {
  const session = await startSession({
    example: 'auto-mpg',
    settings: {
      'workbench.colorTheme': 'Default Dark Modern',
      'gradwatch.notifications': { findings: false, finished: false },
      'editor.minimap.enabled': false,
      'editor.wordWrap': 'on',
      'workbench.activityBar.location': 'hidden',
      'workbench.statusBar.visible': true,
    },
  });
  const { page } = session;
  const dashboard = webview(page).locator('gradwatch-dashboard');
  try {
    await openFile(page, 'gradwatch.json');
    await runCommand(page, 'View: Close Primary Side Bar');
    await runCommand(page, 'Gradwatch: Train Model');
    await dashboard.locator('[data-fix="scale-inputs"]').waitFor();
    await dragSash(page);
    await page.waitForTimeout(SETTLE_MS);
    await save(page, 'workbench');
    await dashboard.locator('.best-fix button').first().click();
    await dashboard.locator('.bar .state', { hasText: 'Completed' }).waitFor({ timeout: 60_000 });
    await page.waitForTimeout(SETTLE_MS);
    await save(page, 'healthy');
  } catch (error) {
    await session.screenshot('pictures-failed');
    throw error;
  } finally {
    await session.close();
  }
}

/** Gives the dashboard two thirds of the window. */
async function dragSash(page: Page): Promise<void> {
  const group = page.locator('.editor-group-container').nth(1);
  const box = await group.boundingBox();
  if (box === null) return;
  await page.mouse.move(box.x, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(480, box.y + box.height / 2, { steps: 5 });
  await page.mouse.up();
}

async function save(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(root, 'docs/images', `${name}.png`) });
}

void main();
