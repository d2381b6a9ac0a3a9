import { spawn, type ChildProcess } from 'node:child_process';

/** Output kept for the error message. */
const TAIL_LINES = 12;
/** Between asking a process to end and making it. */
const TERM_MS = 2000;

export interface ProcessOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Ends the process and its children. */
  signal?: AbortSignal | undefined;
  /** Each line of its output. */
  line?: (text: string) => void;
}

export interface ProcessEnd {
  /** Null where it was ended by a signal or could not be started. */
  code: number | null;
  /** It could not be started: there is no such program. */
  missing: boolean;
  stdout: string;
  /** Last lines of both streams. */
  tail: string[];
}

/** Runs a program to its end. Throws only where `signal` says so: with its reason. */
export function runProcess(command: string, args: readonly string[], options: ProcessOptions = {}): Promise<ProcessEnd> {
  const { cwd, env = process.env, signal, line } = options;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    // The scripts of npm on Windows need a shell; nothing here but fixed words is passed to them.
    const shell = process.platform === 'win32' && command === 'npm';
    const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' });
    const tail: string[] = [];
    let stdout = '';
    let missing = false;
    const take = (text: string): void => {
      for (const one of text.split(/\r?\n/)) {
        if (one.trim() === '') continue;
        tail.push(one);
        tail.splice(0, tail.length - TAIL_LINES);
        line?.(one);
      }
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      take(text);
    });
    child.stderr.setEncoding('utf8').on('data', take);
    const abort = (): void => endTree(child);
    signal?.addEventListener('abort', abort, { once: true });
    child.once('error', (error) => {
      missing = true;
      take(error.message);
    });
    child.once('close', (code) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted === true) reject(signal.reason as Error);
      else resolve({ code: missing ? null : code, missing, stdout, tail });
    });
  });
}

/** Ends a process and what it started. */
function endTree(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/T', '/F', '/PID', String(pid)], { stdio: 'ignore' }).on('error', () => child.kill());
    return;
  }
  const send = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-pid, signal);
    } catch {
      child.kill(signal);
    }
  };
  send('SIGTERM');
  setTimeout(() => send('SIGKILL'), TERM_MS).unref();
}
