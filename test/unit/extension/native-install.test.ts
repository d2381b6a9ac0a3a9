import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { installNative, type NativeInstall } from '../../../src/extension/native-install.js';

/** Runs the installer with a program in the place of the command line. */
function run(program: string, parts: Partial<NativeInstall> = {}) {
  const script = path.join(mkdtempSync(path.join(os.tmpdir(), 'gradwatch-install-')), 'cli.cjs');
  writeFileSync(script, program);
  const told: string[] = [];
  const signal = new AbortController().signal;
  const ended = installNative({ script, into: 'there', progress: (text) => told.push(text), signal, ...parts });
  return { ended, told };
}

const say = (line: object): string => `console.log(${JSON.stringify(JSON.stringify(line))});`;
const installed = { event: 'installed', folder: 'there', version: '4.22.0', library: 'x', stepMs: 3 };

describe('installNative of the extension', () => {
  it('tells the progress and what was installed', async () => {
    const { ended, told } = run(say({ event: 'progress', text: 'one' }) + say({ event: 'progress', text: 'two' }) + say(installed));
    expect(await ended).toMatchObject({ folder: 'there', stepMs: 3 });
    expect(told).toEqual(['one', 'two']);
  });

  it('passes the folder and the Python', async () => {
    const program = `console.log(JSON.stringify({ event: 'progress', text: process.argv.slice(2).join(' ') }));`;
    const { ended, told } = run(program + say(installed), { python: '/p/python3' });
    await ended;
    expect(told).toEqual(['engine install --json --into there --python /p/python3']);
  });

  it('fails with the error of the command line', async () => {
    const error = { code: 'engine-unavailable', message: 'No npm.', action: 'Get npm.', place: {} };
    await expect(run(say({ event: 'error', error })).ended).rejects.toMatchObject({ message: 'No npm.', action: 'Get npm.' });
  });

  it('fails with the last words of a program that says nothing else', async () => {
    await expect(run('throw new Error("broken");').ended).rejects.toThrow(/did not run/);
    await expect(run('', { nodePath: '/nowhere/node' }).ended).rejects.toThrow(/ENOENT/);
  });

  it('ends it when cancelled, without an error', async () => {
    const cancellation = new AbortController();
    const { ended } = run('setTimeout(() => undefined, 60_000);', { signal: cancellation.signal });
    setTimeout(() => cancellation.abort(), 100);
    expect(await ended).toBeUndefined();
  });
});
