import { spawn } from 'node:child_process';
import path from 'node:path';
import { AppError, type ErrorData } from '../config/app-error.js';
import { TextTail } from './text-tail.js';
import { say } from './language.js';

export interface NativeInstall {
  /** Absolute path of dist/cli.js. */
  script: string;
  /** Node to run it with; default: the editor's own. */
  nodePath?: string | undefined;
  /** Folder the engine goes to. */
  into: string;
  /** Use the TensorFlow of this Python instead of the vendor's download. */
  python?: string | undefined;
  /** What is being done. */
  progress(this: void, text: string): void;
  signal: AbortSignal;
}

/** What was installed, as the command line tells it. */
export interface InstalledEngine {
  folder: string;
  version: string;
  library: string;
  stepMs: number;
}

type Line = { event: 'progress'; text: string } | ({ event: 'installed' } & InstalledEngine) | { event: 'error'; error: ErrorData };

/**
 * Installs native TensorFlow through `gradwatch engine install`, in a process of its own.
 * Returns undefined where it was cancelled: then nothing is installed. Throws AppError with what to do where it fails.
 */
export function installNative({ script, nodePath, into, python, progress, signal }: NativeInstall): Promise<InstalledEngine | undefined> {
  const how = python === undefined ? [] : ['--python', python];
  const child = spawn(nodePath ?? process.execPath, [script, 'engine', 'install', '--json', '--into', into, ...how], {
    cwd: path.dirname(script),
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const cancel = (): boolean => child.kill('SIGTERM');
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  let installed: InstalledEngine | undefined;
  let error: AppError | undefined;
  const take = (line: Line): void => {
    if (line.event === 'progress') progress(line.text);
    else if (line.event === 'installed') installed = line;
    else error = AppError.fromJSON(line.error);
  };
  const words = new TextTail();
  child.stderr.setEncoding('utf8').on('data', (text: string) => words.add(text));
  onLines(child.stdout.setEncoding('utf8'), (text) => take(JSON.parse(text) as Line));
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => (error = failure(cause.message)));
    child.once('close', () => {
      signal.removeEventListener('abort', cancel);
      if (installed !== undefined) resolve(installed);
      else if (signal.aborted) resolve(undefined);
      else reject(error ?? failure(words.lines().at(-1) ?? say('it ended without a word')));
    });
  });
}

function failure(reason: string): AppError {
  return new AppError(
    'engine-unavailable',
    say('The installation did not run: {0}', reason),
    say('Open the log, or check gradwatch.nodePath.'),
  );
}

function onLines(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = '';
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.filter((line) => line.startsWith('{')).forEach(take);
  });
}
