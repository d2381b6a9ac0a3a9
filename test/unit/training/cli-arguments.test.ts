import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/config/app-error.js';
import { readArguments } from '../../../src/training/cli-arguments.js';

const cwd = path.resolve('/home/someone');
const read = (line: string) => readArguments(line.split(' '), cwd);

describe('readArguments', () => {
  it('takes every option of train, in any place', () => {
    expect(read('train --json a/gradwatch.json --steps 5 --engine cpu --seed -3 --on-trouble stop --run-dir r')).toEqual({
      command: 'train',
      json: true,
      options: {
        configFile: path.join(cwd, 'a', 'gradwatch.json'),
        trusted: true,
        steps: 5,
        engine: 'cpu',
        seed: -3,
        onTrouble: 'stop',
        runDir: path.join(cwd, 'r'),
      },
    });
  });

  it('leaves out what is not given, so that the config decides', () => {
    expect(read('check x.json')).toEqual({
      command: 'check',
      json: false,
      options: { configFile: path.join(cwd, 'x.json'), trusted: true },
    });
  });

  it('takes every option of fix', () => {
    expect(read('fix a.json --json --write --budget 2.5 --seed 7 --engine cpu')).toEqual({
      command: 'fix',
      json: true,
      write: true,
      request: { configFile: path.join(cwd, 'a.json'), trusted: true, seed: 7, engine: 'cpu', budget: { seconds: 2.5 } },
    });
    expect(read('fix a.json')).toEqual({
      command: 'fix',
      json: false,
      write: false,
      request: { configFile: path.join(cwd, 'a.json'), trusted: true },
    });
  });

  it.each([
    '',
    'dance',
    'train',
    'train a b',
    'train a --steps 1.5',
    'train a --steps -1',
    'train a --seed x',
    'train a --engine gpu',
    'train a --on-trouble cry',
    'train a --wat',
    'report',
    'report a b',
    'report a --json',
    'fix',
    'fix a b',
    'fix a --budget 0',
    'fix a --budget long',
  ])('refuses "%s" with what to do', (line) => {
    const refused = (): unknown => {
      try {
        return readArguments(line === '' ? [] : line.split(' '), cwd);
      } catch (error) {
        return error;
      }
    };
    const error = refused();
    expect(AppError.is(error, 'arguments')).toBe(true);
    expect((error as AppError).action).not.toBe('');
  });
});
