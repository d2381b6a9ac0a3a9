import { AppError } from '../config/app-error.js';
import { jsonSchemaText } from '../config/json-schema.js';
import { readArguments, USAGE } from './cli-arguments.js';
import { engineCommand } from './cli-engine.js';
import { fixCommand } from './cli-fix.js';
import { runCommand } from './cli-run.js';
import { cliVersion } from './cli-version.js';
import { INTERRUPTED } from './interrupts.js';
import { reportCommand } from './report/report-command.js';
import { BAD_INPUT, errorLines, exitCodeOf, INTERNAL_ERROR } from './terminal/error-text.js';
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
    case 'report':
      return reportCommand(asked);
    case 'engine':
      return engineCommand(asked);
    case 'fix':
      return fixCommand(asked);
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

/** A reader that has gone away is no error: `gradwatch train --json | head`. A full disk is one. */
function outputFailed(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`The output cannot be written (${error.code ?? error.message}). Free space, or send it to another place.\n`);
  process.exit(INTERNAL_ERROR);
}

let ended = false;
/** A module of the user can end the process, or leave it waiting for nothing: never as if all had gone well. */
function endedEarly(code: number): void {
  if (ended || code === INTERNAL_ERROR || code === INTERRUPTED) return;
  process.stderr.write('Gradwatch was ended from within before its work was done. Take process.exit out of your modules.\n');
  process.exitCode = BAD_INPUT;
}

process.on('exit', endedEarly);
process.stdout.on('error', outputFailed);
process.stderr.on('error', () => undefined);
void main(process.argv.slice(2))
  .catch(tell)
  .then(async (code) => {
    ended = true;
    process.exitCode = code;
    await drained(process.stdout);
    process.exit(code);
  });
