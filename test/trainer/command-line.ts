import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { DIST } from './trainer-process.js';

const CLI = path.join(DIST, 'cli.js');

export interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

export interface Running {
  child: ChildProcessByStdio<null, Readable, Readable>;
  done: Promise<Outcome>;
}

/** Starts the real command line; `done` resolves when it has ended, whatever its exit code. */
export function running(...args: string[]): Running {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  return { child, done: new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err }))) };
}

export const cli = (...args: string[]): Promise<Outcome> => running(...args).done;

/** A new folder for one run. */
export const runDir = (): string => mkdtempSync(path.join(tmpdir(), 'gradwatch-run-'));
