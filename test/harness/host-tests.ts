// Runs the bundled tests inside the extension host of a real VS Code and returns its exit code.
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { format } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { launchBrowser } from './browser.js';
import type { Editor } from './editor.js';
import { developedExtension, startServer } from './editor-server.js';

export interface HostTests {
  /** Root of the extension. */
  extension: string;
  /** CommonJS file that exports `run`. */
  tests: string;
  /** The workspace the editor opens. */
  workspace: string;
  /** For profile, log and screenshot. */
  folder: string;
  env: Readonly<Record<string, string>>;
  limitMs: number;
}

const NO_RESULT = 124;
const PAGE_CRASHED = 70;
const NO_DESKTOP_VERSION = '1.99.3';
/** What VS Code itself says without a network and without its native parts. */
const NOISE =
  /ENOTFOUND|Could not locate the bindings|\[Service Worker\]|watchdog|^(Resolv|Ignoring fetching|Creating a socket|ChatSessionStore|Updating additional|\[AccountPolicy)/;

export async function runHostTests(editor: Editor, options: HostTests): Promise<number> {
  return editor.kind === 'desktop' ? runOnDesktop(editor.executable, options) : runInBrowser(editor, options);
}

async function runOnDesktop(executable: string | undefined, options: HostTests): Promise<number> {
  return runTests({
    ...(executable === undefined ? { version: NO_DESKTOP_VERSION } : { vscodeExecutablePath: executable }),
    extensionDevelopmentPath: options.extension,
    extensionTestsPath: options.tests,
    extensionTestsEnv: { ...options.env },
    launchArgs: [
      options.workspace,
      '--disable-workspace-trust',
      '--disable-gpu',
      ...['--user-data-dir', path.join(options.folder, 'user-data')],
      ...['--extensions-dir', path.join(options.folder, 'extensions')],
    ],
  });
}

async function runInBrowser({ editor }: Extract<Editor, { kind: 'browser' }>, options: HostTests): Promise<number> {
  const server = await startServer(editor, { folder: options.folder, env: options.env });
  const browser = await launchBrowser();
  let timer: NodeJS.Timeout | undefined;
  try {
    let finish: (code: number) => void = () => undefined;
    const finished = new Promise<number>((resolve) => (finish = resolve));
    await browser.page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
      const line = format(...args);
      if (!NOISE.test(line)) console.log(line);
    });
    await browser.page.exposeFunction('codeAutomationExit', (code: number) => finish(code));
    browser.page.on('crash', () => finish(PAGE_CRASHED));
    timer = setTimeout(() => finish(NO_RESULT), options.limitMs);
    const payload = [developedExtension(options.extension), extensionTests(options.tests), ['skipWelcome', 'true']] as const;
    await browser.page.goto(server.url(options.workspace, payload));
    const code = await finished;
    if (code !== 0) await showFailure(code, options, server.logFile, browser.page);
    return code;
  } finally {
    clearTimeout(timer);
    await browser.close();
    await server.stop();
  }
}

function extensionTests(file: string): [string, string] {
  return ['extensionTestsPath', `vscode-remote://remote${file}`];
}

async function showFailure(code: number, options: HostTests, logFile: string, page: { screenshot(o: { path: string }): Promise<unknown> }) {
  if (code === NO_RESULT) console.error(`The extension host gave no result within ${options.limitMs / 1000} s.`);
  if (code === PAGE_CRASHED) console.error('The page of the workbench crashed.');
  const shots = path.join(options.extension, 'test-results');
  await mkdir(shots, { recursive: true });
  await page.screenshot({ path: path.join(shots, 'integration-failure.png') }).catch(() => undefined);
  const log = await readFile(logFile, 'utf8');
  const errors = log.split('\n').filter((line) => /error/i.test(line) && !NOISE.test(line));
  if (errors.length > 0) console.error(`Last errors in the server's log:\n${errors.slice(-10).join('\n')}`);
}
