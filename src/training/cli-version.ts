import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Version of the package the bundle lies in. */
export function cliVersion(): string {
  const file = path.join(path.dirname(process.argv[1] ?? ''), '..', 'package.json');
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
