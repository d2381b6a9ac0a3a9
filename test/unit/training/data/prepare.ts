import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError } from '../../../../src/config/app-error.js';
import { configSchema, type Config, type ConfigInput } from '../../../../src/config/config-schema.js';
import type { PreparedData } from '../../../../src/training/data/dataset.js';
import { prepareData, type PrepareOptions } from '../../../../src/training/data/prepare-data.js';

export const FIXTURES = path.resolve(import.meta.dirname, '../../../fixtures/data');

export function configOf(data: ConfigInput['data'], loss: ConfigInput['training']['loss'] = 'meanSquaredError'): Config {
  return configSchema.parse({
    data,
    model: { layers: [{ type: 'dense', units: 1 }] },
    training: { loss, optimizer: { type: 'sgd' } },
  });
}

/** Rows in file order, all for training, unless the test says otherwise. */
const PLAIN = { shuffle: false, validationSplit: 0 };

export async function prepare(
  data: ConfigInput['data'],
  loss: ConfigInput['training']['loss'] = 'meanSquaredError',
  options: Partial<PrepareOptions> = {},
): Promise<PreparedData> {
  const configFile = path.join(FIXTURES, 'gradwatch.json');
  return prepareData(configOf({ ...PLAIN, ...data }, loss), { configFile, seed: 42, trusted: false, ...options });
}

/** Prepares a file of the given content in a folder of its own. */
export async function prepareText(
  name: string,
  content: string | Uint8Array,
  data: Partial<ConfigInput['data']> = {},
  loss: ConfigInput['training']['loss'] = 'meanSquaredError',
): Promise<PreparedData> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gradwatch-data-'));
  try {
    await writeFile(path.join(folder, name), content);
    return await prepare({ file: name, target: 'y', ...data }, loss, { configFile: path.join(folder, 'gradwatch.json') });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The AppError of a preparation that must fail, with its place shortened to what a test asserts. */
export async function faultOf(preparation: Promise<PreparedData>): Promise<{
  code: string;
  message: string;
  action: string;
  file: string | undefined;
  line: number | undefined;
  path: readonly (string | number)[] | undefined;
}> {
  try {
    await preparation;
  } catch (error) {
    if (!AppError.is(error)) throw error;
    const { code, message, action, place } = error;
    return { code, message, action, file: place.file && path.basename(place.file), line: place.line, path: place.path };
  }
  throw new Error('the data was prepared, but an error was expected');
}

/** Rows of a matrix as plain lists, rounded to float32's reach. */
export function rowsOf(values: Float32Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, r) =>
    [...values.subarray(r * width, (r + 1) * width)].map((v) => +v.toFixed(4)),
  );
}
