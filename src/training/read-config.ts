import { readFile } from 'node:fs/promises';
import { AppError } from '../config/app-error.js';
import { decodeConfigBytes } from '../config/decode-config.js';

/** What is wrong and what to do, by the error of the system. */
const UNREADABLE: Record<string, [string, string]> = {
  ENOENT: ['There is no such config file.', 'Check the path.'],
  ENOTDIR: ['There is no such config file: a part of its path is a file.', 'Check the path.'],
  EISDIR: ['This is a folder, not a config file.', 'Name the config file in it.'],
  EACCES: ['The config file cannot be read: permission is denied.', 'Give yourself the right to read it.'],
};

/** The text of a config file. Throws AppError `config-not-found`, or `config-syntax` where it is not UTF-8. */
export async function readConfigText(file: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    const [message, action] = UNREADABLE[code] ?? [`The config file cannot be read (${code}).`, 'Check the path and its permissions.'];
    throw new AppError('config-not-found', message, action, { file }, { cause });
  }
  return decodeConfigBytes(bytes, file);
}
