import { unzipSync } from 'fflate';
import { AppError } from '../../config/app-error.js';
import type { DataConfig } from '../../config/data-schema.js';
import { refuseColumnKeys, sourceFromArrays } from './array-source.js';
import { dataFileError, placeIn, type DataFile } from './data-file.js';
import { MAX_UNPACKED_BYTES } from './limits.js';
import { suggestName } from './suggest-name.js';
import { readNpy } from './read-npy.js';
import type { Source } from './source.js';

/** "PK\x03\x04", the start of the first entry. */
const ZIP_SIGNATURE = 0x04034b50;

/**
 * Reads a NumPy .npz, stored (`savez`) or deflated (`savez_compressed`): the arrays named x and y, or as `data.target`
 * says. Only these two are unpacked, each up to the stated limit.
 * Throws AppError `data-invalid` (not a zip, corrupt, too large) and `config-invalid` (no such array).
 */
export function readNpz(file: DataFile, data: DataConfig): Source {
  refuseColumnKeys(data, 'an .npz', ['features']);
  const { target } = data;
  if (typeof target === 'string' || Array.isArray(target)) {
    throw new AppError('config-invalid', 'For an .npz, "data.target" names its arrays.', 'Write it as {"x": "...", "y": "..."}.', {
      path: ['data', 'target'],
    });
  }
  const wanted = target ?? { x: 'x', y: 'y' };
  const names: string[] = [];
  const entries = unpack(file, (entry) => {
    const name = entry.name.replace(/\.npy$/, '');
    names.push(name);
    if (name !== wanted.x && name !== wanted.y) return false;
    if (entry.originalSize > MAX_UNPACKED_BYTES) {
      const message = `The array "${name}" of "${file.name}" unpacks to ${Math.round(entry.originalSize / 2 ** 20)} MiB; the limit is ${MAX_UNPACKED_BYTES / 2 ** 20} MiB.`;
      throw dataFileError(file, message, 'Save a smaller sample, or float32 instead of float64.');
    }
    return true;
  });
  const take = (key: 'x' | 'y') => {
    const name = wanted[key];
    const bytes = entries[`${name}.npy`] ?? entries[name];
    if (bytes === undefined) {
      const path = target === undefined ? ['data', 'file'] : ['data', 'target', key];
      const action = `${suggestName(name, names)} Name the arrays as "target": {"x": "...", "y": "..."}.`;
      throw new AppError('config-invalid', `"${file.name}" has no array "${name}".`, action, { path });
    }
    return readNpy(bytes, `"${name}"`, file);
  };
  const origin = { x: `"${wanted.x}"`, y: `"${wanted.y}"`, place: placeIn(file) };
  return sourceFromArrays(take('x'), take('y'), origin);
}

function unpack(file: DataFile, filter: (entry: { name: string; originalSize: number }) => boolean): Record<string, Uint8Array> {
  try {
    // fflate looks for the directory at the end and would read a file that lost its start as garbage.
    if (file.bytes.readUInt32LE(0) !== ZIP_SIGNATURE) throw new Error('no zip signature');
    return unzipSync(file.bytes, { filter });
  } catch (error) {
    if (AppError.is(error)) throw error;
    throw dataFileError(file, `The data file "${file.name}" is not a readable .npz.`, 'Save it again with numpy.savez.', undefined, error);
  }
}
