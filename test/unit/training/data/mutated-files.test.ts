import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/config/app-error.js';
import type { ConfigInput } from '../../../../src/config/config-schema.js';
import { prepareData } from '../../../../src/training/data/prepare-data.js';
import { createRandom, type Random } from '../../../../src/training/random.js';
import { configOf, FIXTURES } from './prepare.js';

const TEXTS = {
  'a.csv': 'name,a,b,y\n"Ann, B",1,2.5,x\nBob,3,-4e2,z\n"C ""D""",5,,x\nEve,7,8,z\n',
  'a.tsv': 'a\tb\ty\n1\t2\tu\n3\t4\tv\n5\t6\tu\n',
  'a.json': '[{"a":1,"b":"u","y":1},{"a":2,"b":"v","y":0},{"a":null,"b":"u","y":1}]',
  'a.jsonl': '{"a":1,"b":true,"y":1}\n{"a":2,"b":false,"y":0}\n{"a":-3e5,"b":true,"y":1}\n',
};
const BINARIES = ['f8.npy', 'f8-fortran.npy', 'named.npz', 'stored.npz', 'deflated.npz', 'people-snappy.parquet', 'people-zstd.parquet',
  'people-brotli.parquet', 'people-gzip.parquet', 'people-lz4.parquet', 'row-groups.parquet']; // prettier-ignore
const TOKENS = [
  '"',
  ',',
  '\n',
  '\r',
  '\t',
  '1e300',
  'NaN',
  '-inf',
  '\u0000',
  '\ufeff',
  '{',
  '}',
  '[',
  ']',
  ':',
  'null',
  '-',
  '0x1f',
  'é',
  "'",
];
const SPECIAL_BYTES = [0, 1, 0x7f, 0x80, 0xff];

/** One to four random changes: bytes set or flipped, parts removed, repeated or swapped, tokens put in, the end cut off. */
function mutate(original: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(original);
  const place = (): number => random.integer(Math.max(1, bytes.length));
  for (let n = 1 + random.integer(4); n > 0; n--) {
    const [at, size] = [place(), 1 + random.integer(12)];
    const [before, part, after] = [bytes.subarray(0, at), bytes.subarray(at, at + size), bytes.subarray(at + size)];
    const change = random.integer(7);
    if (change === 0) bytes = Buffer.concat([before, after]);
    else if (change === 1) bytes = Buffer.concat([before, part, part, after]);
    else if (change === 2) bytes = Buffer.concat([before, Buffer.from(TOKENS[random.integer(TOKENS.length)] as string), part, after]);
    else if (change === 3) bytes = Buffer.concat([after, part, before]);
    else if (change === 4 && random.integer(3) === 0) bytes = Buffer.from(before);
    else if (change === 5) bytes[at] = SPECIAL_BYTES[random.integer(SPECIAL_BYTES.length)] as number;
    else bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(8));
  }
  return bytes;
}

function mutateConfig(name: string, random: Random): ConfigInput['data'] {
  const pick = <T>(values: T[]): T => values[random.integer(values.length)] as T;
  const table = !name.endsWith('.npz') && !name.endsWith('.npy');
  return {
    file: name,
    target: name === 'named.npz' ? { x: 'images', y: 'labels' } : table ? pick(['y', 'y', 'a', 'score', 'x', 'b']) : undefined,
    missing: pick(['error', 'drop', 'mean']),
    scale: pick(['none', 'standard', 'minmax', { inputs: 'standard', target: 'standard' } as const]),
    validationSplit: pick([0, 0.2, 0.9]),
    ...(random.integer(6) === 0 ? { inputShape: [2, 2] } : {}),
    ...(random.integer(6) === 0 ? { limit: 2 } : {}),
    ...(table && random.integer(4) === 0 ? { features: ['a', 'b'] } : {}),
  };
}

describe('mutated data files', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'gradwatch-mutated-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const LOSSES = ['meanSquaredError', 'categoricalCrossentropy', 'sparseCategoricalCrossentropy', 'binaryCrossentropy', 'hinge'] as const;

  it.each([...Object.keys(TEXTS), ...BINARIES])('%s ends in data or in a coded error with its place', async (name) => {
    const text = (TEXTS as Record<string, string>)[name];
    const original = text === undefined ? await readFile(path.join(FIXTURES, name)) : Buffer.from(text);
    const outcomes = { data: 0, errors: 0 };
    for (let i = 0; i < 60; i++) {
      const random = createRandom(2024, name, i);
      await writeFile(path.join(folder, name), mutate(original, random));
      const config = configOf(mutateConfig(name, random), LOSSES[random.integer(LOSSES.length)]);
      const options = { configFile: path.join(folder, 'gradwatch.json'), seed: i, trusted: false };
      try {
        const { train, validation } = await prepareData(config, options);
        for (const part of validation === null ? [train] : [train, validation]) {
          const width = part.inputShape.reduce((a, b) => a * b, 1);
          expect(part.inputs.length, `case ${i}`).toBe(part.rows * width);
          expect([...part.inputs, ...part.targets].every(Number.isFinite), `case ${i}`).toBe(true);
        }
        outcomes.data++;
      } catch (error) {
        if (!AppError.is(error)) throw new Error(`case ${i} of ${name}`, { cause: error });
        expect(error.message.length, `case ${i}`).toBeGreaterThan(10);
        expect(error.message.length, `case ${i}: ${error.message}`).toBeLessThan(500);
        expect(error.place.path?.length, `case ${i}`).toBeGreaterThan(0);
        outcomes.errors++;
      }
    }
    expect(outcomes.errors).toBeGreaterThan(0);
    expect(outcomes.data + outcomes.errors).toBe(60);
  });

  it('refuses a parquet page header without a size, which would be read forever', async () => {
    const name = 'people-brotli.parquet';
    await writeFile(path.join(folder, name), mutate(await readFile(path.join(FIXTURES, name)), createRandom(8, name, 657)));
    const config = configOf({ file: name, target: 'score' });
    const run = prepareData(config, { configFile: path.join(folder, 'gradwatch.json'), seed: 1, trusted: false });
    await expect(run).rejects.toMatchObject({ code: 'data-invalid', message: expect.stringContaining('page has no size') as string });
  });
});
