// Tells by modification times whether dist/ is older than what it is built from.
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

const SOURCES = ['src', 'webview-ui', 'scripts', 'esbuild.mjs', 'package-lock.json'];

/** Written last by a build that succeeded. */
export const STAMP = 'dist/.built';

/** @returns {Promise<boolean>} true without a finished build, or when a source is newer than it */
export async function isStale() {
  if (!existsSync(STAMP)) return true;
  const built = (await stat(STAMP)).mtimeMs;
  for (const source of SOURCES) if ((await newest(source)) > built) return true;
  return false;
}

/** Folders count themselves: a deleted file changes only them. */
async function newest(place) {
  const info = await stat(place);
  if (!info.isDirectory()) return info.mtimeMs;
  const times = await Promise.all((await readdir(place)).map((name) => newest(path.join(place, name))));
  return Math.max(info.mtimeMs, ...times);
}
