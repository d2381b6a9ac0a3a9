import { readdir, readFile, stat } from 'node:fs/promises';
import { isUtf8 } from 'node:buffer';
import path from 'node:path';
import { AppError, type ErrorPlace } from '../../config/app-error.js';
import { nearestName } from '../../config/nearest-name.js';
import { MAX_FILE_BYTES } from './limits.js';

/** A data file in memory. */
export interface DataFile {
  /** As the config has it, for messages. */
  name: string;
  /** Absolute. */
  path: string;
  bytes: Buffer;
}

/** Place in a data file: with the config key that leads there. */
export function placeIn(file: Pick<DataFile, 'path'>, line?: number): ErrorPlace {
  return { file: file.path, line, path: ['data', 'file'] };
}

/** An error in a data file: its place is the file and line, with the config key that leads there. */
export function dataFileError(file: Pick<DataFile, 'path'>, message: string, action: string, line?: number, cause?: unknown): AppError {
  return new AppError('data-invalid', message, action, placeIn(file, line), { cause });
}

/**
 * Reads a data file named relative to the config.
 * Throws AppError `data-not-found` (missing, unreadable) or `data-invalid` (directory, empty, larger than the limit).
 */
export async function readDataFile(configFile: string, name: string, maxBytes = MAX_FILE_BYTES): Promise<DataFile> {
  const file = path.resolve(path.dirname(configFile), name);
  const place: ErrorPlace = { path: ['data', 'file'] };
  try {
    const info = await stat(file);
    if (!info.isFile()) {
      const what = info.isDirectory() ? 'a folder' : 'not a regular file';
      throw new AppError('data-invalid', `The data file "${name}" is ${what}.`, 'Name a file in "data.file".', place);
    }
    if (info.size === 0) {
      throw dataFileError({ path: file }, `The data file "${name}" is empty.`, 'Give a file with rows of data.');
    }
    if (info.size > maxBytes) {
      const [size, limit] = [info.size, maxBytes].map((bytes) => `${Math.round(bytes / 2 ** 20)} MiB`);
      throw new AppError('data-invalid', `The data file "${name}" has ${size}; the limit is ${limit}.`, 'Give a smaller sample.', place);
    }
    return { name, path: file, bytes: await readFile(file) };
  } catch (error) {
    if (AppError.is(error)) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      throw new AppError(
        'data-not-found',
        `The data file "${name}" cannot be read (${code ?? String(error)}).`,
        'Check its permissions.',
        place,
        {
          cause: error,
        },
      );
    }
    throw new AppError('data-not-found', `The data file "${name}" does not exist.`, await suggestFile(file), place, { cause: error });
  }
}

async function suggestFile(file: string): Promise<string> {
  const names = await readdir(path.dirname(file)).catch(() => null);
  if (names === null) return `There is no folder "${path.dirname(file)}"; paths are relative to the config.`;
  const nearest = nearestName(path.basename(file), names);
  return nearest === null || !nearest.close
    ? 'Paths are relative to the config.'
    : `Did you mean "${nearest.name}"? Paths are relative to the config.`;
}

/** Checks that the file is UTF-8 and cuts off its byte order mark. Throws AppError `data-invalid` naming the line. */
export function requireUtf8(file: DataFile): Buffer {
  const { bytes } = file;
  if (isUtf8(bytes)) return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const what = utf16 ? 'is UTF-16 text' : 'is not UTF-8 text';
  const line = utf16 ? 1 : firstBrokenLine(bytes);
  throw dataFileError(file, `The data file "${file.name}" ${what} (line ${line}).`, 'Save it as UTF-8.', line);
}

function firstBrokenLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(10, start);
    const stop = end === -1 ? bytes.length : end;
    if (!isUtf8(bytes.subarray(start, stop))) return line;
    start = stop + 1;
  }
  return line;
}
