import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { AppError, type ErrorData } from '../../config/app-error.js';
import { TRAINER_FLAGS, type RunOptions, type TrainerCommand, type TrainerMessage } from '../../telemetry/trainer-protocol.js';
import type { TrialStanding } from '../../telemetry/trials-protocol.js';

/** Bytes of stderr kept for the words of a crash. */
const LAST_WORDS = 2000;

/** One trial in a trainer process of its own. It waits wherever it answers, and is ended by `kill`. */
export class TrialProcess {
  private child: ChildProcess | null = null;
  private said = '';
  private settle: { resolve(standing: TrialStanding): void; reject(error: AppError): void } | null = null;
  private gone: AppError | null = null;
  private exited: Promise<unknown> = Promise.resolve();

  /** `onStep` hears of the updates it makes, a few times a second. */
  constructor(
    private readonly options: RunOptions,
    private readonly onStep: (steps: number) => void,
  ) {}

  /**
   * Starts it, or lets it go on, to a number of updates. Resolves where it waits again.
   * Rejects with the AppError of the run, or `trainer-crashed` where the process ended without one.
   */
  advance(upTo: number): Promise<TrialStanding> {
    return new Promise((resolve, reject) => {
      if (this.gone !== null) return reject(this.gone);
      this.settle = { resolve, reject };
      if (this.child === null) this.start(upTo);
      else this.send({ type: 'go-on', upTo });
    });
  }

  /** Ends the process at once; resolves when it is gone. A promise of `advance` that is still open is rejected. */
  async kill(): Promise<void> {
    this.leave(new AppError('trainer-crashed', 'The trial was cancelled.', ''));
    this.child?.kill('SIGKILL');
    await this.exited;
  }

  private start(upTo: number): void {
    const script = path.join(__dirname, 'trainer.js');
    const child = fork(script, [], {
      execArgv: [...TRAINER_FLAGS],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.child = child;
    // A process that never started gives an error and no exit.
    this.exited = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.said = (this.said + text).slice(-LAST_WORDS)));
    child.on('message', (message) => this.hear(message as TrainerMessage, upTo));
    child.once('error', (error) => this.leave(crashed(`could not be started: ${error.message}`)));
    child.once('exit', (code, signal) => this.leave(crashed(`ended with ${signal ?? `exit code ${code}`}. ${this.lastWords()}`)));
  }

  private hear(message: TrainerMessage, upTo: number): void {
    if (message.type === 'ready') this.send({ type: 'trial', options: this.options, upTo });
    if (message.type === 'at-step') this.onStep(message.steps);
    if (message.type === 'standing') this.settle?.resolve(message.standing);
    if (message.type === 'error') this.leave(AppError.fromJSON(message.error as ErrorData));
  }

  private send(command: TrainerCommand): void {
    this.child?.send(command, (error) => {
      if (error !== null) this.leave(crashed(error.message));
    });
  }

  /** The first reason stays: what the run said comes before the exit of its process. */
  private leave(why: AppError): void {
    this.gone ??= why;
    this.settle?.reject(this.gone);
  }

  private lastWords(): string {
    return this.said.trim().split('\n').at(-1) ?? '';
  }
}

function crashed(how: string): AppError {
  return new AppError('trainer-crashed', `The process of the trial ${how}`.trim(), 'Train the config once to see where.');
}
