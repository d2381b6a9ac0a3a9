import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** What os.tmpdir() reads: the first on POSIX, the others on Windows. */
const NAMES = ['TMPDIR', 'TEMP', 'TMP'];

/** Gives the tests, and every process they start, a folder for temporary files of their own, deleted at the end with all that is left in it. */
export function setup(): () => void {
  const before = NAMES.map((name) => [name, process.env[name]] as const);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gradwatch-tests-'));
  for (const name of NAMES) process.env[name] = folder;
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}
