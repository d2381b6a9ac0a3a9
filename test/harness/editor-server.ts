// Starts VS Code's server on a free port of this machine, with a profile of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserEditor } from './editor-install.js';

/** Pairs of VS Code's own web start-up options, for example `['skipWelcome', 'true']`. */
export type Payload = readonly (readonly [string, string])[];

export interface ServerOptions {
  /** Profile, extensions and log go here. */
  folder: string;
  settings?: Readonly<Record<string, unknown>>;
  /** Variables for the server and its extension host. */
  env?: Readonly<Record<string, string>>;
  /** Whether workspaces are trusted without a question; true when left out. */
  trusted?: boolean;
  /** Port on 127.0.0.1; a free one when left out. */
  port?: number;
}

export interface EditorServer {
  port: number;
  pid: number;
  logFile: string;
  /** Address of the workbench on a folder. */
  url(folder: string, payload?: Payload): string;
  /** Resolves when the server has ended, however. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 5_000;
const POLL_MS = 50;

const quietSettings = {
  'workbench.startupEditor': 'none',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
};

/** An extension that the workbench loads from its source folder. */
export function developedExtension(folder: string): [string, string] {
  return ['extensionDevelopmentPath', `vscode-remote://remote${folder}`];
}

/** Command line and environment of the server, for starting it and for its own commands such as `--install-extension`. */
export function serverCommand(editor: BrowserEditor, folder: string): { args: string[]; env: NodeJS.ProcessEnv } {
  return {
    args: [
      editor.serverMain,
      '--accept-server-license-terms',
      ...['--server-data-dir', folder],
      ...['--user-data-dir', path.join(folder, 'user-data')],
      ...['--extensions-dir', path.join(folder, 'extensions')],
    ],
    // No marketplace: nothing leaves this machine.
    env: { ...process.env, EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: '', itemUrl: '', resourceUrlTemplate: '', controlUrl: '' }) },
  };
}

/**
 * @throws Error with the server's output when it ends or says nothing for a minute.
 */
export async function startServer(editor: BrowserEditor, options: ServerOptions): Promise<EditorServer> {
  const { folder, settings = {}, env = {}, trusted = true, port: wantedPort = 0 } = options;
  const userSettings = path.join(folder, 'user-data/User/settings.json');
  await mkdir(path.dirname(userSettings), { recursive: true });
  await mkdir(path.join(folder, 'extensions'), { recursive: true });
  await writeFile(userSettings, JSON.stringify({ ...quietSettings, ...settings }, null, 2));
  const logFile = path.join(folder, 'server.log');
  const log = openSync(logFile, 'w');
  const command = serverCommand(editor, folder);
  const args = [
    ...command.args,
    ...['--host', '127.0.0.1', '--port', String(wantedPort), '--without-connection-token'],
    ...['--enable-smoke-test-driver', '--telemetry-level', 'off', '--log', 'info'],
    ...(trusted ? ['--disable-workspace-trust'] : []),
  ];
  const child = spawn(editor.node, args, { stdio: ['ignore', log, log], env: { ...command.env, ...env } });
  closeSync(log);
  const port = await listeningPort(child, logFile);
  return {
    port,
    pid: child.pid ?? 0,
    logFile,
    url: (place, payload = []) => {
      const query = new URLSearchParams({ folder: place });
      if (payload.length > 0) query.set('payload', JSON.stringify(payload));
      return `http://127.0.0.1:${port}/?${query.toString()}`;
    },
    ended: child.exitCode === null ? once(child, 'exit').then(() => undefined) : Promise.resolve(),
    stop: () => stop(child),
  };
}

async function listeningPort(child: ChildProcess, logFile: string): Promise<number> {
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    const log = await readFile(logFile, 'utf8');
    const port = /Extension host agent listening on (\d+)/.exec(log)?.[1];
    if (port !== undefined) return Number(port);
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`The VS Code server did not start (exit code ${child.exitCode}).\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(timer);
}
