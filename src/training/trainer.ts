import { AppError } from '../config/app-error.js';
import type { RunOptions, TrainerCommand, TrainerMessage } from '../telemetry/trainer-protocol.js';
import type { TrialsRequest } from '../telemetry/trials-protocol.js';
import { answerTiming } from './engine/native/answer-timing.js';
import { isTimingRequest } from './engine/native/timing-protocol.js';
import { openRunLog, type RunLog } from './run-log.js';
import type { RunSink } from './run-outbox.js';
import { RunSession } from './run-session.js';
import { searchFix, type Search } from './trials/search.js';
import { TrialRun } from './trials/trial-run.js';
import { errorOfModule } from './user-module.js';

/*
 * Entry of the trainer process: child_process.fork(trainer.js, { serialization: 'advanced' }). One run per process; its
 * messages are those of trainer-protocol.ts. It ends with its run, and when its parent is gone.
 */

/** Messages that may wait for the parent before the run waits too. */
const MAX_WAITING = 32;
/** Longest time a run whose parent is gone has to close its log. */
const GRACE_MS = 250;

class Trainer implements RunSink {
  private session: RunSession | null = null;
  private log_: RunLog | null = null;
  private waiting = 0;
  private resume: (() => void) | null = null;
  private trial: TrialRun | null = null;
  private search: Search | null = null;

  command(command: TrainerCommand): void {
    switch (command.type) {
      case 'train':
      case 'check':
        void this.run(command.options, command.type === 'check');
        break;
      case 'find-fix':
        void this.findFix(command.request);
        break;
      case 'trial':
        this.trial = new TrialRun(command.upTo, (message) => this.send(message));
        void this.run(command.options, false, command.frames === true ? [this.trial, this] : [this.trial]);
        break;
      case 'go-on':
        this.trial?.goOn(command.upTo);
        break;
      case 'change':
        this.session?.control.change(command.change);
        break;
      default:
        if (command.type === 'stop') this.search?.cancel();
        this.session?.control[command.type]();
    }
  }

  event(event: Extract<TrainerMessage, { type: 'event' }>['event']): void {
    this.send({ type: 'event', event });
  }

  frames(batch: Extract<TrainerMessage, { type: 'frames' }>['batch']): void {
    this.send({ type: 'frames', batch });
  }

  log(level: Extract<TrainerMessage, { type: 'log' }>['level'], text: string): void {
    this.send({ type: 'log', level, text });
  }

  refused(error: AppError): void {
    this.send({ type: 'refused', error: error.toJSON() });
  }

  ready(): Promise<void> | null {
    if (this.waiting < MAX_WAITING) return null;
    return new Promise((resolve) => {
      this.resume = resolve;
    });
  }

  /** The parent is gone: nobody wants this run any more. */
  orphaned(): void {
    this.resume?.();
    this.search?.cancel();
    // A trial may be waiting for its parent: there is nothing of it to save.
    if (this.session === null || this.trial !== null) process.exit(0);
    this.session.control.stop();
    setTimeout(() => process.exit(0), GRACE_MS).unref();
  }

  /** Tells the parent and ends the process. */
  fail(error: unknown): void {
    this.log_?.close();
    const data = AppError.is(error) ? error.toJSON() : crashOf(error).toJSON();
    this.send({ type: 'error', error: data }, () => process.exit(1));
  }

  private async findFix(request: TrialsRequest): Promise<void> {
    if (this.session !== null || this.search !== null) return this.log('warn', 'This trainer already has a run.');
    this.search = searchFix(request, (message) => this.send({ type: 'trials', message }));
    try {
      await this.search.done;
      this.end(0);
    } catch (error) {
      this.fail(error);
    }
  }

  private async run(options: RunOptions, checkOnly: boolean, sinks: RunSink[] = [this]): Promise<void> {
    if (this.session !== null) return this.log('warn', 'This trainer already has a run.');
    const { trial } = this;
    this.session = new RunSession(options, sinks, {
      checkOnly,
      saveWeights: trial === null,
      ...(trial === null ? {} : trial.settings),
      opened: (prepared) => {
        if (checkOnly || trial !== null) return [];
        this.log_ = openRunLog(prepared, (reason) => this.log('warn', reason));
        return [this.log_];
      },
    });
    try {
      const { end } = await this.session.run();
      trial?.ended(end);
      this.log_?.close();
      this.end(0);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Ends once everything has been handed over. */
  private end(code: number): void {
    if (this.waiting === 0 || !process.connected) process.exit(code);
    setTimeout(() => this.end(code), 5);
  }

  private send(message: TrainerMessage, then?: () => void): void {
    if (!process.connected || process.send === undefined) {
      then?.();
      return;
    }
    this.waiting += 1;
    process.send(message, undefined, undefined, () => {
      this.waiting -= 1;
      if (this.waiting < MAX_WAITING) this.resume?.();
      then?.();
    });
  }
}

function crashOf(error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error && error.stack !== undefined ? error.stack : message;
  process.stderr.write(`${stack}\n`);
  return new AppError(
    'trainer-crashed',
    `The trainer stopped with an error: ${message}`,
    'See the Gradwatch output for where, and report it.',
  );
}

const trainer = new Trainer();
process.on('message', (message) => {
  if (isTimingRequest(message)) void answerTiming(message).then((answer) => process.send?.(answer));
  else trainer.command(message as TrainerCommand);
});
process.on('disconnect', () => trainer.orphaned());
process.on('uncaughtException', (error) => trainer.fail(errorOfModule(error) ?? error));
process.on('unhandledRejection', (reason) => trainer.fail(errorOfModule(reason) ?? reason));
if (process.send === undefined) {
  process.stderr.write('This is the trainer process of Gradwatch; it is started by the editor.\n');
  process.exit(2);
}
process.send({ type: 'ready' } satisfies TrainerMessage);
