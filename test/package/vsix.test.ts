import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installBrowserEditor } from '../harness/editor-install.js';
import { serverCommand } from '../harness/editor-server.js';
import { makeVsix } from '../harness/make-vsix.js';
import { openFile, runCommand, webview } from '../harness/workbench.js';
import { startSession } from '../harness/workbench-session.js';

const LIMIT_BYTES = 3 * 1024 * 1024;
const RUN_MS = 60_000;
const run = promisify(execFile);

let folder: string;
let vsix: string;
let files: string[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'gradwatch-vsix-'));
  vsix = path.join(folder, 'gradwatch.vsix');
  files = await makeVsix(vsix);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('the package holds what runs and its papers, and nothing else', () => {
  const pages = /^docs\/(findings\/)?[a-z-]+\.md$/;
  const words = /^(package\.nls(\.[a-z-]+)?|l10n\/[a-z\d.-]+)\.json$/;
  const pictures = /^(media|docs\/images|docs\/findings\/images)\/[\w-]+\.(svg|png)$/;
  expect(files.filter((file) => !pages.test(file) && !words.test(file) && !pictures.test(file)).sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist/THIRD_PARTY_LICENSES.txt',
    'dist/cli.js',
    'dist/codicon.ttf',
    'dist/dashboard.css',
    'dist/dashboard.js',
    'dist/dashboard.zh-cn.js',
    'dist/extension.js',
    'dist/gradwatch.schema.json',
    'dist/kernels.wasm',
    'dist/report.css',
    'dist/tfjs-backend-wasm-simd.wasm',
    'dist/tfjs-backend-wasm.wasm',
    'dist/trainer.js',
    'package.json',
  ]);
  expect(files).toContain('media/icon.png');
});

test('the package is at most 3 MB', async () => {
  const { size } = await stat(vsix);
  expect(size).toBeGreaterThan(LIMIT_BYTES / 10);
  expect(size).toBeLessThanOrEqual(LIMIT_BYTES);
});

test('installed into a clean editor it trains a healthy example to the end', async () => {
  const session = await startSession({
    example: 'penguins',
    develop: false,
    prepare: async (profile) => {
      const editor = await installBrowserEditor('oldest');
      const { args, env } = serverCommand(editor, profile);
      const { stdout } = await run(editor.node, [...args, '--install-extension', vsix], { env });
      expect(stdout).toContain('successfully installed');
    },
  });
  try {
    await openFile(session.page, 'gradwatch.json');
    await runCommand(session.page, 'Gradwatch: Train Model');
    const state = webview(session.page).locator('gradwatch-dashboard .state');
    await expect.poll(() => state.innerText(), { timeout: RUN_MS }).toContain('Completed');
    await session.screenshot('package-trained');
  } finally {
    await session.close();
  }
});
