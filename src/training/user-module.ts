import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppError, type ErrorPlace } from '../config/app-error.js';
import type { ConfigPath } from '../config/config-path.js';

/** A JavaScript module of the user's workspace that a config names. */
export interface UserModule {
  /** As the config has it. */
  name: string;
  /** Absolute. */
  file: string;
  /** The key that names it. */
  path: ConfigPath;
  /** What its messages call it: "data module". */
  kind: string;
  /** What its default export has to be, as an action: `Write "export default ...".` */
  shape: string;
  code: 'data-invalid' | 'model-invalid';
}

/** Longest time for finding the line of a syntax error. */
const CHECK_TIMEOUT_MS = 5000;

/** The modules that have run in this process: what they leave behind (timers, promises) can still fail later. */
const called: UserModule[] = [];

/**
 * Imports a module and calls its default export.
 *
 * @throws AppError of the module's code, at the file and line of the module where they can be told: it does not exist, has a
 *   syntax error, throws, or waits for what never comes
 */
export async function callModule(module: UserModule, call: (fn: (...args: unknown[]) => unknown) => unknown): Promise<unknown> {
  const { file, name, kind, code, path: key } = module;
  if (!(await stat(file).then((info) => info.isFile(), () => false))) {
    const missing = code === 'data-invalid' ? 'data-not-found' : code;
    throw new AppError(missing, `The ${kind} "${name}" does not exist.`, 'Paths are relative to the config.', { path: key });
  } // prettier-ignore
  called.push(module);
  try {
    return await unlessIdle(importAndCall(module, call), () => {
      return fault(module, `The ${kind} "${name}" never ends: it waits for a promise that nothing settles.`, 'Let it return or throw.');
    });
  } catch (error) {
    throw AppError.is(error) ? error : await explained(module, error);
  }
}

/** An error that nobody caught, as that of the module it comes from; null where it comes from none. */
export function errorOfModule(error: unknown): AppError | null {
  const module = called.find((candidate) => placeInStack(error, candidate.file) !== null);
  if (module === undefined) return null;
  const { kind, name } = module;
  const place = { ...placeOf(module), ...placeInStack(error, module.file) };
  return new AppError(
    module.code,
    `The ${kind} "${name}" threw an error that nothing caught: ${reasonOf(error)}`,
    'Correct the module.',
    place,
    {
      cause: error,
    },
  );
}

async function importAndCall(module: UserModule, call: (fn: (...args: unknown[]) => unknown) => unknown): Promise<unknown> {
  const { default: fn } = (await import(/* @vite-ignore */ pathToFileURL(module.file).href)) as { default?: unknown };
  if (typeof fn !== 'function')
    throw fault(module, `The ${module.kind} "${module.name}" has no function as its default export.`, module.shape);
  return await call(fn as (...args: unknown[]) => unknown);
}

/** Node ends when nothing is left that could settle a promise, however many wait for it: says so instead. */
async function unlessIdle<T>(work: Promise<T>, idle: () => AppError): Promise<T> {
  let onIdle = (): void => undefined;
  const nothingLeft = new Promise<never>((_, reject) => {
    onIdle = () => reject(idle());
    process.once('beforeExit', onIdle);
  });
  try {
    return await Promise.race([work, nothingLeft]);
  } finally {
    process.off('beforeExit', onIdle);
  }
}

async function explained(module: UserModule, error: unknown): Promise<AppError> {
  const line = error instanceof SyntaxError ? await lineOfSyntaxError(module.file) : {};
  const place = { ...placeOf(module), ...line, ...placeInStack(error, module.file) };
  return new AppError(module.code, `The ${module.kind} "${module.name}" failed: ${reasonOf(error)}`, 'Correct the module.', place, { cause: error }); // prettier-ignore
}

function fault(module: UserModule, message: string, action: string): AppError {
  return new AppError(module.code, message, action, placeOf(module));
}

function placeOf({ file, path: key }: UserModule): ErrorPlace {
  return { file, path: key };
}

/** The first line of what was thrown, whatever it was, as the end of a sentence. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : `it threw ${String(error)}`;
  return `${(text.split('\n', 1)[0] ?? '').replace(/[.\s]+$/, '')}.`;
}

/** Where in the file an error was thrown, from its stack. */
function placeInStack(error: unknown, file: string): Pick<ErrorPlace, 'line' | 'column'> | null {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  for (const start of [pathToFileURL(file).href, file]) {
    const at = stack.indexOf(`${start}:`);
    const found = at === -1 ? null : /^:(\d+):(\d+)/.exec(stack.slice(at + start.length));
    if (found !== null) return { line: Number(found[1]), column: Number(found[2]) };
  }
  return null;
}

/** Node keeps the line of a syntax error in a module to itself; `node --check` prints it. */
async function lineOfSyntaxError(file: string): Promise<Pick<ErrorPlace, 'line'>> {
  const printed = await new Promise<string>((resolve) => {
    execFile(process.execPath, ['--check', file], { timeout: CHECK_TIMEOUT_MS }, (_, __, stderr) => resolve(stderr));
  });
  const found = new RegExp(`${escapeForRegExp(path.basename(file))}:(\\d+)\\s`).exec(decodeURIComponentSafely(printed));
  return found === null ? {} : { line: Number(found[1]) };
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
