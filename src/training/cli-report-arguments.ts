import path from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../config/app-error.js';
import { parseOrRefuse } from './parse-arguments.js';
import type { ReportCommand } from './report/report-command.js';

const USE =
  'Use "gradwatch report RUN [--compare OTHER] [--out FILE]"; RUN and OTHER are each a folder of .gradwatch/runs, or the events.jsonl in it.';

/** Reads the arguments behind `report`. Throws AppError `arguments`. */
export function readReportArguments(argv: readonly string[], cwd: string): ReportCommand {
  const { values, positionals } = parse(argv);
  const [run, ...rest] = positionals;
  if (run === undefined || run === '') throw refuse('Of which run?');
  if (rest.length > 0) throw refuse(`One run at a time; "${rest[0]}" is one too many.`);
  if (values.out === '') throw refuse('--out names no file.');
  if (values.compare === '') throw refuse('--compare names no run.');
  const resolved = (place: string | undefined) => (place === undefined ? undefined : path.resolve(cwd, place));
  return { command: 'report', run: path.resolve(cwd, run), out: resolved(values.out), compare: resolved(values.compare) };
}

function parse(argv: readonly string[]) {
  return parseOrRefuse(
    () => parseArgs({ args: [...argv], allowPositionals: true, options: { out: { type: 'string' }, compare: { type: 'string' } } }),
    USE,
  );
}

function refuse(message: string): AppError {
  return new AppError('arguments', message, USE);
}
