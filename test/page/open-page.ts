import type { Page } from 'playwright-core';
import type { PageCommand } from '../../src/telemetry/page-protocol.js';
import { launchBrowser, type BrowserOptions, type LaunchedBrowser } from '../harness/browser.js';
import type { FakeHost } from './fake-host.js';
import { startPageServer } from './page-server.js';

/** The longest wait for a message to be on screen: one frame to take it, one for each of three pieces, one to show. */
const SETTLE_FRAMES = 6;

declare global {
  interface Window {
    fakeHost: FakeHost;
  }
}

/** The built dashboard in a real browser, and everything that went wrong in it. */
export interface Stage {
  page: Page;
  /** Console errors and warnings, exceptions, violations of the content security policy. */
  problems: string[];
  /** Opens the page at an address of the fake host and waits until it has drawn. */
  open(query: string, width?: number, height?: number): Promise<void>;
  /** Some animation frames: whatever was sent before is on screen. The page spreads the painting of new frames over several. */
  settle(): Promise<void>;
  /** Commands the page has sent since it was opened, without "ready". */
  commands(): Promise<PageCommand[]>;
  close(): Promise<void>;
}

/** Starts server and browser. */
export async function openStage(options: BrowserOptions = {}): Promise<Stage> {
  const server = await startPageServer();
  let browser: LaunchedBrowser;
  try {
    browser = await launchBrowser(options);
  } catch (error) {
    await server.close();
    throw error;
  }
  const { page } = browser;
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
  });
  const settle = () =>
    page.evaluate(async (frames) => {
      for (let i = 0; i < frames; i++) await new Promise(requestAnimationFrame);
    }, SETTLE_FRAMES);
  return {
    page,
    problems,
    settle,
    open: async (query, width = 1280, height = 900) => {
      await page.setViewportSize({ width, height });
      await page.goto(`${server.url}/?${query}`);
      await page.locator('.bar .state').filter({ hasNotText: 'Connecting' }).waitFor();
      await page.evaluate(() => document.fonts.ready.then(() => undefined));
      await settle();
    },
    commands: () => page.evaluate(() => window.fakeHost.sent.filter((command) => command.type !== 'ready')),
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}
