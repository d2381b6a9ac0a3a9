// npm start: a real VS Code on examples/ with the extension of this repository loaded; Control+C ends everything it started.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { onPath, toolsFolder } from './browser.js';
import { developedExtension, startServer } from './editor-server.js';
import { editorToOpen, type Editor } from './editor.js';
import { root } from './workbench-session.js';

const examples = path.join(root, 'examples');
/** Kept between starts, so that settings and open editors are found again. */
const profile = path.join(toolsFolder, 'start');
const FIRST_FILE = path.join(examples, 'auto-mpg/gradwatch.json');

/** The settings of the person's profile for the examples. */
const settings = { 'workbench.startupEditor': 'none' };

async function main(): Promise<void> {
  await buildIfStale();
  await mkdir(profile, { recursive: true });
  const editor = await editorToOpen();
  if (editor.kind === 'desktop') await openDesktop(editor);
  else await openInBrowser(editor);
}

async function buildIfStale(): Promise<void> {
  const child = spawn(process.execPath, ['esbuild.mjs', '--if-stale'], { cwd: root, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('The build failed; its errors are above.');
}

async function openDesktop({ executable, why }: Extract<Editor, { kind: 'desktop' }>): Promise<void> {
  if (executable === undefined) throw new Error('Set VSCODE to the path of an installed VS Code, or unset it.');
  console.log(`Opening desktop VS Code, because ${why}`);
  const args = [
    `--extensionDevelopmentPath=${root}`,
    ...['--user-data-dir', path.join(profile, 'desktop')],
    ...['--extensions-dir', path.join(profile, 'desktop-extensions')],
    '--disable-workspace-trust',
    '--skip-welcome',
    '--new-window',
    ...(isRoot() ? ['--no-sandbox'] : []),
    examples,
    FIRST_FILE,
  ];
  const child = spawn(executable, args, { stdio: 'ignore', env: withoutNodeMode(process.env) });
  const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
  console.log('Close the window or press Control+C to end.');
  endWith(() => void child.kill());
  await Promise.race([once(child, 'exit'), failed]);
}

async function openInBrowser({ editor, why }: Extract<Editor, { kind: 'browser' }>): Promise<void> {
  const server = await startServer(editor, { folder: profile, settings });
  endWith(() => void server.stop());
  const address = server.url(examples, [developedExtension(root), ['skipWelcome', 'true']]);
  console.log(`Browser editor (VS Code ${editor.version}), because ${why}. Open:\n\n  ${address}\n`);
  const opened = await openSystemBrowser(address);
  console.log(opened ? 'Your browser was asked to open it. Press Control+C to end.' : 'Press Control+C to end.');
  await server.ended;
}

/** Control+C and a plain kill end the editor; this process ends when the editor has. */
function endWith(stop: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
}

/** Electron started from a program that runs Electron as Node would be just Node. */
function withoutNodeMode(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'ELECTRON_RUN_AS_NODE'));
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

async function openSystemBrowser(address: string): Promise<boolean> {
  const opener = systemOpener();
  if (opener === undefined || process.env['CI'] !== undefined || process.env['BROWSER'] === 'none') return false;
  const child: ChildProcess = spawn(opener.command, [...opener.args, address], { stdio: 'ignore', detached: true });
  child.unref();
  return Promise.race([once(child, 'spawn').then(() => true), once(child, 'error').then(() => false)]);
}

function systemOpener(): { command: string; args: string[] } | undefined {
  if (process.platform === 'darwin') return { command: 'open', args: [] };
  if (process.platform === 'win32') return { command: 'rundll32', args: ['url.dll,FileProtocolHandler'] };
  const display = process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  const command = onPath(['xdg-open']);
  return display && command !== undefined ? { command, args: [] } : undefined;
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
