import { existsSync, readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AppError } from '../../../config/app-error.js';

/** Name in the package.json of a folder that `engine install` made: only such a folder is ever replaced or removed. */
export const INSTALL_NAME = 'gradwatch-tensorflow';

/** Where `gradwatch engine install` puts the native engine unless told otherwise: with the user's application data. */
export function defaultInstallFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform, home = os.homedir()): string {
  return path.join(dataFolder(env, platform, home), 'gradwatch', 'tensorflow');
}

function dataFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, home: string): string {
  if (platform === 'win32') return env['LOCALAPPDATA'] || path.join(home, 'AppData', 'Local');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support');
  return env['XDG_DATA_HOME'] || path.join(home, '.local', 'share');
}

/** Throws AppError `arguments` where the folder holds what is not ours to replace. */
export function assertReplaceable(folder: string): void {
  if (!existsSync(folder) || isOurs(folder) || readdirSync(folder).length === 0) return;
  throw new AppError('arguments', `${folder} is not empty.`, 'Name a new or empty folder: gradwatch engine install --into DIR.');
}

function isOurs(folder: string): boolean {
  try {
    return (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { name?: string }).name === INSTALL_NAME;
  } catch {
    return false;
  }
}
