// One real workbench for an end-to-end test: server, browser and a copy of an example, with the extension from this repository.
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { launchBrowser } from './browser.js';
import { installBrowserEditor } from './editor-install.js';
import { developedExtension, startServer, type Payload } from './editor-server.js';
import { openWorkbench } from './workbench.js';

/** Root of the repository. */
export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '');

export interface WorkbenchSession {
  page: Page;
  /** The workspace: a copy that the test may change. */
  workspace: string;
  /** Saves what the page shows as test-results/<name>.png, for people to look at. */
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** Folder below examples/ that the workspace is copied from. */
  example: string;
  /** Whether the extension is loaded from this repository; a test of the package installs it instead. */
  develop?: boolean;
  settings?: Readonly<Record<string, unknown>>;
  /** Whether the workspace is trusted without a question; true when left out. */
  trusted?: boolean;
  /** Called with the profile's folder before the server starts. */
  prepare?: (folder: string) => Promise<void>;
}

export async function startSession(options: SessionOptions): Promise<WorkbenchSession> {
  const { example, develop = true, settings = {}, trusted = true, prepare } = options;
  const editor = await installBrowserEditor(process.env['VSCODE'] === 'latest' ? 'latest' : 'oldest');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gradwatch-workbench-'));
  const workspace = path.join(folder, example);
  await cp(path.join(root, 'examples', example), workspace, { recursive: true });
  await prepare?.(folder);
  const server = await startServer(editor, { folder, settings, trusted });
  const browser = await launchBrowser({ viewport: { width: 1600, height: 1000 } });
  const close = async () => {
    await browser.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const screenshot = async (name: string) => {
    const file = path.join(root, 'test-results', `${name}.png`);
    await mkdir(path.dirname(file), { recursive: true });
    await browser.page.screenshot({ path: file });
  };
  try {
    const payload: Payload = [['skipWelcome', 'true'], ...(develop ? [developedExtension(root)] : [])];
    await openWorkbench(browser.page, server.url(workspace, payload));
  } catch (error) {
    await screenshot('workbench-did-not-open').catch(() => undefined);
    await close();
    throw error;
  }
  return { page: browser.page, workspace, screenshot, close };
}
