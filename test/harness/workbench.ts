// What a user does in the workbench, for the end-to-end tests.
import type { FrameLocator, Locator, Page } from 'playwright-core';

const READY_MS = 60_000;
const PALETTE_MS = 3_000;
const ROW_MS = 5_000;
const ACTIONS_MS = 4_000;
const TRIES = 6;

/** Opens the workbench and waits for the files of its folder. */
export async function openWorkbench(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator('.monaco-workbench').waitFor({ timeout: READY_MS });
  await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: READY_MS });
}

/** Opens a file from the explorer, into an editor that stays. */
export async function openFile(page: Page, name: string): Promise<void> {
  await page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first().dblclick();
  await page.locator('.editor-group-container .tab', { hasText: name }).first().waitFor({ timeout: READY_MS });
}

/**
 * Runs a command by its title from the palette. An extension that is still starting may not list it yet, and a key pressed while a webview
 * with the focus comes or goes is lost: asks again.
 */
export async function runCommand(page: Page, title: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const input = page.locator('.quick-input-widget .quick-input-box input');
    const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    try {
      await page.keyboard.press('F1');
      await input.waitFor({ state: 'visible', timeout: PALETTE_MS });
      await input.fill(`>${title}`);
      await row.waitFor({ state: 'visible', timeout: ROW_MS });
      await row.click();
      return;
    } catch (error) {
      if (attempt >= TRIES) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** The document of the webview in view: VS Code's wrapper page, and in it the extension's page. */
export function webview(page: Page): FrameLocator {
  return page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
}

/** The line of the text editor that contains this text. */
export function editorLine(page: Page, text: string): Locator {
  return page.locator('.monaco-editor .view-line', { hasText: text }).first();
}

/**
 * Puts the cursor on a text in the editor, opens the code actions with Control+. and returns the row with this title.
 * VS Code cancels a request when a provider registers meanwhile, and the list is then empty: asks again.
 */
export async function codeAction(page: Page, line: Locator, word: string, title: string | RegExp): Promise<Locator> {
  const row = page.locator('.action-widget .monaco-list-row', { hasText: title }).first();
  for (let attempt = 1; ; attempt++) {
    await line.locator('span', { hasText: word }).last().click();
    await page.keyboard.press('Control+.');
    try {
      await row.waitFor({ timeout: ACTIONS_MS });
      return row;
    } catch (error) {
      if (attempt >= TRIES) throw error;
      await page.keyboard.press('Escape');
    }
  }
}
