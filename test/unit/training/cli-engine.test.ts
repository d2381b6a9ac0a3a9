import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/config/app-error.js';
import { readArguments } from '../../../src/training/cli-arguments.js';
import { statusText } from '../../../src/training/cli-engine.js';
import { engineStatus } from '../../../src/training/engine/native/engine-status.js';
import { project, temporary } from './engine/native/folders.js';

const cwd = path.resolve('/home/someone');
const read = (line: string) => readArguments(line.split(' '), cwd);

describe('the arguments of gradwatch engine', () => {
  it('are status, with --json', () => {
    expect(read('engine status --json')).toEqual({ command: 'engine', action: 'status', json: true, projectDir: cwd });
  });

  it('are install, with where from and where to; a bare Python is left to the PATH', () => {
    const install = { command: 'engine', action: 'install', json: false, python: undefined, libtensorflow: undefined, into: undefined };
    expect(read('engine install')).toEqual(install);
    expect(read('engine install --python python3 --into tf')).toEqual({ ...install, python: 'python3', into: path.join(cwd, 'tf') });
    expect(read('engine install --python v/bin/python')).toEqual({ ...install, python: path.join(cwd, 'v', 'bin', 'python') });
    expect(read('engine install --libtensorflow lib')).toEqual({ ...install, libtensorflow: path.join(cwd, 'lib') });
  });

  it.each([
    'engine',
    'engine remove',
    'engine status now',
    'engine status --into x',
    'engine install --python a --libtensorflow b',
    'engine install --gpu',
  ])(
    // prettier-ignore
    'refuses "%s" with how to use it',
    (line) => {
      try {
        read(line);
      } catch (error) {
        if (!AppError.is(error, 'arguments')) throw error;
        expect(error.action).toContain('gradwatch engine install');
        return;
      }
      throw new Error('accepted');
    },
  );
});

describe('engineStatus', () => {
  const nowhere = temporary();
  const hidden = { ownDir: nowhere, installDir: nowhere, env: {} };
  const trains = () => Promise.resolve({ version: '4.22.0', stepMs: 5 });

  it('tells which engines run, where it looked and the next command', async () => {
    const status = await engineStatus(hidden, trains);
    expect(status.engines.map(({ engine, runs }) => [engine, runs])).toEqual([['wasm', true], ['cpu', true], ['tensorflow', false]]); // prettier-ignore
    expect(status.engines[2]?.next).toBe('gradwatch engine install');
    expect(status.lookedIn.map(({ folder }) => folder)).toEqual([nowhere, nowhere]);
    expect(statusText(status)).toMatch(/tensorflow +does not run: .*\n[^]*Next: gradwatch engine install\n$/);
  });

  it('tells that the native part is missing, and does not try to load it', async () => {
    const never = () => Promise.reject(new Error('must not be loaded'));
    const status = await engineStatus({ ...hidden, tensorflowPath: project() }, never);
    expect(status.engines[2]?.reason).toContain('lacks its native part');
  });

  it('runs where a step was trained, and not where that fails', async () => {
    const sources = { ...hidden, tensorflowPath: project({ binding: true }) };
    expect((await engineStatus(sources, trains)).engines[2]).toMatchObject({ runs: true, next: null });
    const status = await engineStatus(sources, () => Promise.reject(new AppError('engine-unavailable', 'No such symbol.', '')));
    expect(status.engines[2]).toMatchObject({ runs: false, reason: 'No such symbol.', next: 'gradwatch engine install' });
  });
});
