import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { onPath } from '../../harness/browser.js';
import { desktopExecutable, editorToOpen } from '../../harness/editor.js';

let folder: string;

const file = (name: string): string => {
  const place = path.join(folder, name);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, '');
  return place;
};

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gradwatch-choice-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('the program behind the code command of a desktop is found through its link', () => {
  const program = file('share/code/code');
  const command = file('share/code/bin/code');
  mkdirSync(path.join(folder, 'bin'));
  symlinkSync(command, path.join(folder, 'bin/code'));
  expect(desktopExecutable(path.join(folder, 'bin/code'))).toBe(program);
});

test('on macOS it is the program of the application', () => {
  const program = file('Code.app/Contents/MacOS/Electron');
  expect(desktopExecutable(file('Code.app/Contents/Resources/app/bin/code'))).toBe(program);
});

test('the code command of a remote session is no desktop', () => {
  expect(desktopExecutable(file('server/bin/remote-cli/code'))).toBeUndefined();
});

test('a program outside of a bin folder is the desktop itself', () => {
  const program = file('VSCode/code');
  expect(desktopExecutable(program)).toBe(program);
});

test('the first name on the PATH wins', () => {
  const second = file('b/chrome');
  vi.stubEnv('PATH', [path.join(folder, 'a'), path.join(folder, 'b')].join(path.delimiter));
  expect(onPath(['chromium', 'chrome'])).toBe(second);
  expect(onPath(['chromium'])).toBeUndefined();
});

test('VSCODE names the desktop to open, and one that does not exist is refused with what to do', async () => {
  const program = file('VSCode/code');
  vi.stubEnv('VSCODE', program);
  expect(await editorToOpen()).toEqual({ kind: 'desktop', executable: program, why: 'the VSCODE variable names it' });
  vi.stubEnv('VSCODE', path.join(folder, 'nowhere'));
  await expect(editorToOpen()).rejects.toThrow('Correct it or unset it.');
});
