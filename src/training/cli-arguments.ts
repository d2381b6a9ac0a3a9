import path from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../config/app-error.js';
import { readEngineArguments, type EngineCommand } from './cli-engine-arguments.js';
import { readReportArguments } from './cli-report-arguments.js';
import { parseOrRefuse } from './parse-arguments.js';
import type { ReportCommand } from './report/report-command.js';
import type { RunOptions } from '../telemetry/trainer-protocol.js';
import type { TrialsRequest } from '../telemetry/trials-protocol.js';

/** What the command line asks for. */
export type CliCommand =
  | { command: 'train' | 'check'; json: boolean; options: RunOptions }
  | { command: 'fix'; json: boolean; write: boolean; request: TrialsRequest }
  | { command: 'schema' }
  | { command: 'help' }
  | { command: 'version' }
  | EngineCommand
  | ReportCommand;

export const USAGE = `gradwatch: training diagnostics for TensorFlow.js

  gradwatch train CONFIG [--json] [--steps N] [--engine auto|tensorflow|wasm|cpu] [--seed N]
                         [--on-trouble pause|stop|continue] [--run-dir DIR]
                              trains; a live view, or events on stdout with --json
  gradwatch check CONFIG [--json]
                              static checks and pre-flight only, no training
  gradwatch fix CONFIG [--json] [--budget SECONDS] [--write] [--engine E] [--seed N]
                              finds a fix that works in short trials; --write applies it, and keeps your comments
  gradwatch report RUN [--compare OTHER] [--out FILE]
                              one HTML file with everything about a recorded run, OTHER laid over it
  gradwatch engine status [--json]
                              which engines run here, and what is missing
  gradwatch engine install [--python PYTHON | --libtensorflow DIR] [--into DIR] [--json]
                              installs native TensorFlow: the vendor's download, or the library you have
  gradwatch schema            prints the JSON Schema of the config

Exit codes: 0 done, no error finding; 1 internal error; 2 bad config, data or arguments; 3 an error finding, or the run
diverged; 130 interrupted. Progress and messages go to stderr, results to stdout.
`;

const ENGINES = ['auto', 'tensorflow', 'wasm', 'cpu'] as const;
const ON_TROUBLE = ['pause', 'stop', 'continue'] as const;
const COMMANDS = ['train', 'check', 'fix', 'report', 'engine', 'schema'];

/** Reads the arguments behind the program's name. Throws AppError `arguments`. */
export function readArguments(argv: readonly string[], cwd: string): CliCommand {
  const asksHelp = argv.includes('--help') || argv.includes('-h');
  if (argv[0] === 'engine' && !asksHelp) return readEngineArguments(argv.slice(1), cwd);
  if (argv[0] === 'report' && !asksHelp) return readReportArguments(argv.slice(1), cwd);
  const { values, positionals } = parse(argv);
  const [command, config, ...rest] = positionals;
  if (values.version === true) return { command: 'version' };
  if (values.help === true || command === 'help') return { command: 'help' };
  if (command === undefined) throw refuse('No command is given.', `Use one of ${COMMANDS.join(', ')}, or --help.`);
  if (command === 'schema') return { command };
  if (command !== 'train' && command !== 'check' && command !== 'fix') throw refuse(`There is no command "${command}".`, `Use one of ${COMMANDS.join(', ')}, or --help.`); // prettier-ignore
  if (config === undefined) throw refuse(`"gradwatch ${command}" needs a config file.`, `Name one: gradwatch ${command} gradwatch.json`);
  if (rest.length > 0) throw refuse(`One config file at a time; "${rest[0]}" is one too many.`, 'Remove it.');
  const options: RunOptions = {
    configFile: path.resolve(cwd, config),
    trusted: true,
    ...optional('steps', integer('--steps', values.steps, 1)),
    ...optional('seed', integer('--seed', values.seed, Number.MIN_SAFE_INTEGER)),
    ...optional('engine', choice('--engine', values.engine, ENGINES)),
    ...optional('onTrouble', choice('--on-trouble', values['on-trouble'], ON_TROUBLE)),
    ...optional('runDir', values['run-dir'] === undefined ? undefined : path.resolve(cwd, values['run-dir'])),
  };
  if (command !== 'fix') return { command, json: values.json === true, options };
  const { configFile, seed, engine } = options;
  const seconds = positive('--budget', values.budget);
  const request = { configFile, trusted: true, seed, engine, ...(seconds === undefined ? {} : { budget: { seconds } }) };
  return { command, json: values.json === true, write: values.write === true, request };
}

function parse(argv: readonly string[]) {
  const read = () =>
    parseArgs({
      args: joinNegative(argv),
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        steps: { type: 'string' },
        seed: { type: 'string' },
        engine: { type: 'string' },
        'on-trouble': { type: 'string' },
        'run-dir': { type: 'string' },
        budget: { type: 'string' },
        write: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
  return parseOrRefuse(read, 'See gradwatch --help.');
}

/** `--seed -1` is a number, not an option. */
function joinNegative(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (const argument of argv) {
    if (/^-\d+$/.test(argument) && joined.at(-1)?.startsWith('--') === true) joined.push(`${joined.pop() ?? ''}=${argument}`);
    else joined.push(argument);
  }
  return joined;
}

function integer(name: string, text: string | undefined, minimum: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= minimum) return value;
  throw refuse(
    `${name} is "${text}", which is no whole number${minimum > 0 ? ` of at least ${minimum}` : ''}.`,
    `For example ${name} 100.`,
  );
}

function positive(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw refuse(`${name} is "${text}", which is no number of seconds above 0.`, `For example ${name} 60.`);
}

function choice<T extends string>(name: string, text: string | undefined, allowed: readonly T[]): T | undefined {
  if (text === undefined) return undefined;
  const found = allowed.find((value) => value === text);
  if (found !== undefined) return found;
  throw refuse(`${name} is "${text}".`, `Use one of ${allowed.join(', ')}.`);
}

function optional<K extends keyof RunOptions>(key: K, value: RunOptions[K]): Partial<RunOptions> {
  return value === undefined ? {} : { [key]: value };
}

function refuse(message: string, action: string): AppError {
  return new AppError('arguments', message, action);
}
