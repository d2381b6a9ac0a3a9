import { AppError } from '../config/app-error.js';
import { jsonSchemaText } from '../config/json-schema.js';
import { readArguments, USAGE } from './cli-arguments.js';
import { engineCommand } from './cli-engine.js';
import { runCommand } from './cli-run.js';
import { cliVersion } from './cli-version.js';
import { errorLines, exitCodeOf } from './terminal/error-text.js';
import { drained } from './terminal/json-sink.js';

/*
 * The command line: results to stdout, progress and messages to stderr. Exit codes: 0 done, no error finding; 1 internal error;
 * 2 bad config, data or arguments; 3 an error finding, or the run diverged; 130 interrupted.
 */

async function main(argv: readonly string[]): Promise<number> {
  const asked = readArguments(argv, process.cwd());
  switch (asked.command) {
    case 'help':
      process.stdout.write(USAGE);
      return 0;
    case 'version':
      process.stdout.write(`${cliVersion()}\n`);
      return 0;
    case 'schema':
      process.stdout.write(jsonSchemaText());
      return 0;
    case 'engine':
      return engineCommand(asked);
    default:
      return runCommand(asked);
  }
}

function tell(error: unknown): number {
  for (const line of errorLines(error, process.env['GRADWATCH_DEBUG'] !== undefined)) process.stderr.write(`${line}\n`);
  if (process.argv.includes('--json')) {
    const data = AppError.is(error) ? error.toJSON() : { code: 'internal', message: String(error), action: '', place: {} };
    process.stdout.write(`${JSON.stringify({ event: 'error', error: data })}\n`);
  }
  return exitCodeOf(error);
}

/** A reader that has gone away is no error: `gradwatch train --json | head`. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

process.stdout.on('error', endQuietly);
process.stderr.on('error', endQuietly);
void main(process.argv.slice(2))
  .catch(tell)
  .then(async (code) => {
    process.exitCode = code;
    await drained(process.stdout);
    process.exit(code);
  });
