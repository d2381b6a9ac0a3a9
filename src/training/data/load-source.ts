import path from 'node:path';
import { AppError } from '../../config/app-error.js';
import type { DataConfig } from '../../config/data-schema.js';
import { refuseColumnKeys } from './array-source.js';
import { readDataFile } from './data-file.js';
import { generateRows } from './generators.js';
import { MAX_JSON_BYTES } from './limits.js';
import { readCsv } from './read-csv.js';
import { readInline } from './read-inline.js';
import { readJson, readJsonl } from './read-json.js';
import { readModule, type ModuleOptions } from './read-module.js';
import { readNpyTable } from './read-npy-table.js';
import { readNpz } from './read-npz.js';
import { readParquet } from './read-parquet.js';
import type { Source } from './source.js';
import { selectColumns, wantedColumns } from './table.js';

const FILE_TYPES = '.csv, .tsv, .json, .jsonl, .npy, .npz or .parquet';

/** Reads the one data source of a config. Throws AppError (see the readers). */
export async function loadSource(data: DataConfig, options: ModuleOptions): Promise<Source> {
  if (data.file !== undefined) return loadFile(data.file, data, options.configFile);
  if (data.inline !== undefined) return readInline(data.inline, data);
  if (data.module !== undefined) return readModule(data.module, data, options);
  if (data.generator !== undefined) {
    refuseColumnKeys(data, 'a generator');
    return generateRows(data.generator);
  }
  throw new AppError('config-invalid', 'The config names no data.', 'Give "file", "generator", "inline" or "module".', { path: ['data'] });
}

async function loadFile(name: string, data: DataConfig, configFile: string): Promise<Source> {
  const extension = path.extname(name).toLowerCase();
  const read = () => readDataFile(configFile, name, extension === '.json' ? MAX_JSON_BYTES : undefined);
  const want = wantedColumns(data);
  switch (extension) {
    case '.csv':
      return selectColumns(await readCsv(await read(), ',', want), data);
    case '.tsv':
      return selectColumns(await readCsv(await read(), '\t', want), data);
    case '.json':
      return selectColumns(readJson(await read(), want), data);
    case '.jsonl':
      return selectColumns(readJsonl(await read(), want), data);
    case '.parquet':
      return selectColumns(await readParquet(await read(), want), data);
    case '.npy':
      return readNpyTable(await read(), data);
    case '.npz':
      return readNpz(await read(), data);
    default: {
      await read();
      const what = extension === '' ? 'has no extension' : `has the unknown extension "${extension}"`;
      throw new AppError('data-invalid', `The data file "${name}" ${what}.`, `Use ${FILE_TYPES}.`, { path: ['data', 'file'] });
    }
  }
}
