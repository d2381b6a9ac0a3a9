import path from 'node:path';
import { AppError, type ErrorPlace } from '../../config/app-error.js';
import type { DataConfig } from '../../config/data-schema.js';
import { callModule } from '../user-module.js';
import { refuseColumnKeys } from './array-source.js';
import { readNested, type NestedRows } from './nested-rows.js';
import { sizeOf, type Numbers, type RowPlace, type Source } from './source.js';

export interface ModuleOptions {
  configFile: string;
  trusted: boolean;
  /** The namespace handed to the module. */
  tf: unknown;
}

/** What is used of a tensor. */
interface TensorLike {
  shape: number[];
  dtype: string;
  data(): Promise<Numbers | string[]>;
  dispose(): void;
}

/**
 * Runs the user's module, whose default export is `async (tf) => ({ x, y })`, tensors or nested arrays with one entry
 * per row. Tensors are read and disposed of. Throws AppError `untrusted` where the workspace is not trusted,
 * `data-not-found`, and `data-invalid` with what the module threw or returned.
 */
export async function readModule(name: string, data: DataConfig, options: ModuleOptions): Promise<Source> {
  const configPlace: ErrorPlace = { path: ['data', 'module'] };
  if (!options.trusted) {
    throw new AppError(
      'untrusted',
      `The data module "${name}" was not run, since this workspace is not trusted.`,
      'Trust the workspace, or use a data file.',
      configPlace,
    );
  }
  refuseColumnKeys(data, 'a module');
  const file = path.resolve(path.dirname(options.configFile), name);
  const place: ErrorPlace = { file, path: ['data', 'module'] };
  const result = await run(file, name, options.tf, place);
  const x = await rowsOf(result.x, 'x', place);
  const y = await rowsOf(result.y, 'y', place);
  if (x.rows !== y.rows) {
    throw new AppError(
      'data-invalid',
      `The module gave ${x.rows} rows of x and ${y.rows} of y.`,
      'Return one target per input row.',
      place,
    );
  }
  return { place, rows: x.rows, inputs: x.blocks, inputShape: x.shape, targets: y.blocks, targetShape: y.shape, where: rowPlace(place) };
}

async function run(file: string, name: string, tf: unknown, place: ErrorPlace): Promise<{ x: unknown; y: unknown }> {
  const shape = 'Write "export default async (tf) => ({ x, y })".';
  const module = { name, file, path: ['data', 'module'], kind: 'data module', shape, code: 'data-invalid' } as const;
  const result = await callModule(module, (load) => load(tf));
  if (typeof result !== 'object' || result === null || !('x' in result) || !('y' in result)) {
    throw new AppError('data-invalid', `The data module "${name}" did not return { x, y }.`, 'Return both arrays or tensors.', place);
  }
  return result;
}

const rowPlace = (place: ErrorPlace) => (row: number): RowPlace => ({ text: `row ${row + 1}`, place }); // prettier-ignore

async function rowsOf(value: unknown, name: string, place: ErrorPlace): Promise<NestedRows> {
  if (!isTensor(value)) return readNested(value, name, rowPlace(place));
  const { dtype } = value;
  const shape = [...value.shape];
  const values = await value.data();
  value.dispose();
  const [rows = 0, ...rowShape] = shape;
  if (rows === 0 || sizeOf(rowShape) === 0) {
    throw new AppError(
      'data-invalid',
      `The module's tensor ${name} has no rows (shape [${shape.join(', ')}]).`,
      'Return one entry per row.',
      place,
    );
  }
  if (Array.isArray(values) || dtype === 'complex64') {
    if (dtype !== 'string' || sizeOf(rowShape) !== 1) {
      throw new AppError(
        'data-invalid',
        `The module's tensor ${name} has the type ${dtype}.`,
        'Return numbers, or text in one column.',
        place,
      );
    }
    return readNested(values, name, rowPlace(place));
  }
  const shapeOfRow = rowShape.length === 0 ? [1] : rowShape;
  const block = { name, kind: 'number' as const, width: sizeOf(shapeOfRow), values, categories: [] };
  return { rows, shape: shapeOfRow, blocks: [block] };
}

function isTensor(value: unknown): value is TensorLike {
  if (typeof value !== 'object' || value === null) return false;
  const tensor = value as Partial<TensorLike>;
  return Array.isArray(tensor.shape) && typeof tensor.data === 'function' && typeof tensor.dispose === 'function';
}
