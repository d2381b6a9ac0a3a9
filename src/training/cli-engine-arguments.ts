import path from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../config/app-error.js';
import { parseOrRefuse } from './parse-arguments.js';

/** What `gradwatch engine` is asked for. */
export type EngineCommand =
  | { command: 'engine'; action: 'status'; json: boolean; projectDir: string }
  | {
      command: 'engine';
      action: 'install';
      json: boolean;
      python: string | undefined;
      libtensorflow: string | undefined;
      into: string | undefined;
    };

const USE = 'Use "gradwatch engine status" or "gradwatch engine install [--python PYTHON | --libtensorflow DIR] [--into DIR]".';

/** Reads the arguments behind `engine`. Throws AppError `arguments`. */
export function readEngineArguments(argv: readonly string[], cwd: string): EngineCommand {
  const { values, positionals } = parse(argv);
  const { json = false, python, libtensorflow, into } = values;
  const [action, ...rest] = positionals;
  if (action !== 'status' && action !== 'install') throw refuse(action === undefined ? 'What about the engine?' : `There is no "gradwatch engine ${action}".`); // prettier-ignore
  if (rest.length > 0) throw refuse(`"${rest[0]}" is one word too many.`);
  if (action === 'status') {
    if (python !== undefined || libtensorflow !== undefined || into !== undefined)
      throw refuse('"gradwatch engine status" installs nothing.');
    return { command: 'engine', action, json, projectDir: cwd };
  }
  if (python !== undefined && libtensorflow !== undefined) throw refuse('Both --python and --libtensorflow name a TensorFlow: give one.');
  const folder = (name: string | undefined): string | undefined => (name === undefined ? undefined : path.resolve(cwd, name));
  return { command: 'engine', action, json, python: program(python, cwd), libtensorflow: folder(libtensorflow), into: folder(into) };
}

/** A bare name is looked for on the PATH; anything else is a file. */
function program(name: string | undefined, cwd: string): string | undefined {
  return name === undefined || !/[\\/]/.test(name) ? name : path.resolve(cwd, name);
}

function parse(argv: readonly string[]) {
  const read = () =>
    parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        python: { type: 'string' },
        libtensorflow: { type: 'string' },
        into: { type: 'string' },
      },
    });
  return parseOrRefuse(read, USE);
}

function refuse(message: string): AppError {
  return new AppError('arguments', message, USE);
}
