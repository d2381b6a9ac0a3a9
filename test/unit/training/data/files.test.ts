import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultOf, prepare, prepareText } from './prepare.js';

describe('data files', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'gradwatch-files-'));
    await writeFile(path.join(folder, 'auto-mpg.csv'), 'a,y\n1,2\n');
    await writeFile(path.join(folder, 'notes.txt'), 'hello');
    await mkdir(path.join(folder, 'folder.csv'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const from = (file: string) =>
    faultOf(prepare({ file, target: 'y' }, 'meanSquaredError', { configFile: path.join(folder, 'gradwatch.json') }));

  it.each([
    ['auto_mgp.csv', 'data-not-found', /"auto_mgp.csv" does not exist/, /"auto-mpg.csv"/],
    ['sub/auto-mpg.csv', 'data-not-found', /does not exist/, /no folder/],
    ['auto-mpg.csv/x.csv', 'data-not-found', /does not exist/, /relative to the config/],
    ['folder.csv', 'data-invalid', /is a folder/, /Name a file/],
    ['notes.txt', 'data-invalid', /unknown extension ".txt"/, /\.parquet/],
    ['notes', 'data-not-found', /does not exist/, /./],
  ])('refuses %s', async (file, code, message, action) => {
    const fault = await from(file);
    expect(fault).toMatchObject({ code, file: undefined, path: ['data', 'file'] });
    expect(fault.message).toMatch(message);
    expect(fault.action).toMatch(action);
  });

  it('refuses empty files of every kind', async () => {
    for (const extension of ['csv', 'tsv', 'json', 'jsonl', 'npy', 'npz', 'parquet']) {
      expect((await faultOf(prepareText(`a.${extension}`, ''))).message).toBe(`The data file "a.${extension}" is empty.`);
    }
  });
});
