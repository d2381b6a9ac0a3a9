import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand, webview } from '../harness/workbench.js';
import { root, startSession, type WorkbenchSession } from '../harness/workbench-session.js';

const OPEN_MS = 30_000;
const SAVE_MS = 10_000;
const EXAMPLE = 'auto-mpg';
const RUN = '2025-01-01T12-00-00-growing';

let session: WorkbenchSession;

beforeAll(async () => {
  session = await startSession({
    example: EXAMPLE,
    trusted: false,
    settings: { 'security.workspace.trust.startupPrompt': 'never' },
    prepare: async (folder) => {
      const to = path.join(folder, EXAMPLE, '.gradwatch/runs', RUN);
      await cp(path.join(root, 'test/fixtures/runs/growing.events.jsonl'), path.join(to, 'events.jsonl'));
      await cp(path.join(root, 'test/fixtures/runs/growing.gradwatch.jsonc'), path.join(to, 'growing.gradwatch.jsonc'));
    },
  });
});

afterAll(() => session?.close());

const dashboard = () => webview(session.page).locator('gradwatch-dashboard');
const saveBox = () => session.page.locator('.quick-input-widget input.input');

/** Answers the save dialog with the place it proposes and another name. */
async function saveAs(name: string, proposed: string): Promise<string> {
  await expect.poll(() => saveBox().inputValue({ timeout: SAVE_MS }), { timeout: SAVE_MS }).toContain(proposed);
  const file = path.join(session.workspace, name);
  await saveBox().fill(file);
  // While the dialog looks into a folder it takes no answer.
  const answered = async () => {
    if (await saveBox().isVisible()) await session.page.keyboard.press('Enter');
    return saveBox().isVisible();
  };
  await expect.poll(answered, { timeout: SAVE_MS, interval: 300 }).toBe(false);
  return file;
}

async function chart(act: string): Promise<void> {
  await dashboard().locator('[data-chart="loss"]').hover();
  await dashboard().getByRole('button', { name: 'Actions for the chart Loss' }).click();
  await dashboard().getByRole('menuitem', { name: act }).click();
}

test('a workspace that is not trusted trains nothing, but shows its recorded runs and lets what is in them be saved', async () => {
  const { page } = session;
  await runCommand(page, 'Gradwatch: Open Gradient Dashboard');
  await dashboard().locator('.restricted').waitFor({ timeout: OPEN_MS });
  expect(await dashboard().getByRole('button', { name: 'Train', exact: true }).first().getAttribute('aria-disabled')).toBe('true');

  const open = dashboard()
    .locator('.runs-table')
    .getByRole('button', { name: /^Open / });
  await open.first().waitFor({ timeout: OPEN_MS });
  await open.first().click();
  await expect.poll(() => dashboard().locator('.bar .state').innerText(), { timeout: OPEN_MS }).toBe('Diverged');
  expect(await dashboard().locator('[data-finding="non-finite"]').count()).toBe(1);
  const again = dashboard()
    .locator('.bar .tools')
    .getByRole('button', { name: /^Train again/ });
  expect(await again.getAttribute('aria-label')).toContain('needs a trusted workspace');
  await session.screenshot('e2e-restricted');

  await chart('Save the data (CSV)');
  const csv = await saveAs('a.csv', 'growing loss.csv');
  await expect.poll(() => readFile(csv, 'utf8').catch(() => ''), { timeout: SAVE_MS }).toMatch(/^step,epoch,loss\r\n0,0,\d+/);

  await chart('Save the picture (PNG)');
  const png = await saveAs('a.png', 'growing loss.png');
  await expect
    .poll(
      () =>
        readFile(png).then(
          (bytes) => bytes.subarray(1, 4).toString(),
          () => '',
        ),
      { timeout: SAVE_MS },
    )
    .toBe('PNG');

  await dashboard().getByRole('button', { name: 'Export a report' }).click();
  const report = await saveAs('a.html', 'report.html');
  await expect.poll(() => readFile(report, 'utf8').catch(() => ''), { timeout: SAVE_MS }).toContain('</html>');
});
