import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../config/app-error.js';
import { TRAINER_FLAGS } from '../../../telemetry/trainer-protocol.js';
import type { TimingAnswer, TimingRequest } from './timing-protocol.js';

/** Answers a timing request from a process of its own. */
export type NativeTimer = (request: TimingRequest, limitMs: number, signal?: AbortSignal) => Promise<{ stepMs: number; version: string }>;

/**
 * Times the native engine in a child process: a library that does not load, crashes or takes half a gigabyte does so there, and the
 * kernels and gradients that loading it overwrites are not those of the run.
 *
 * @throws AppError `engine-unavailable` where it does not load or train, or takes longer than `limitMs`
 */
export const timeInChild: NativeTimer = (request, limitMs, signal) => {
  const script = path.join(__dirname, 'trainer.js');
  if (!existsSync(script)) return Promise.reject(unavailable('the trainer process is not built.'));
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = fork(script, [], { execArgv: [...TRAINER_FLAGS], serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let said = '';
    const stop = (why: Error): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      child.removeAllListeners();
      child.kill('SIGKILL');
      reject(why);
    };
    const abort = (): void => stop(signal?.reason as Error);
    const timer = setTimeout(() => stop(unavailable(`it takes longer than ${limitMs / 1000} s to start.`)), limitMs);
    signal?.addEventListener('abort', abort, { once: true });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
    child.once('error', (error) => stop(unavailable(error.message)));
    child.once('exit', (code, killed) => stop(unavailable(`its process ended with ${killed ?? `exit code ${code}`}. ${lastLine(said)}`)));
    child.on('message', (message) => {
      const answer = message as TimingAnswer | { type: 'ready' };
      if (answer.type === 'ready') child.send(request);
      else if (answer.type === 'timed') {
        resolve(answer);
        stop(new Error('done'));
      } else if (answer.type === 'not-timed') stop(AppError.fromJSON(answer.error));
    });
  });
};

function unavailable(why: string): AppError {
  const action = 'Run "gradwatch engine status" to see why, or set training.engine to "wasm".';
  return new AppError('engine-unavailable', `The tensorflow engine was not timed: ${why.trim()}`, action);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
