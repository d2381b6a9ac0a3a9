import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { AppError, type ErrorData } from '../config/app-error.js';
import { FINAL_STATES, type RunEvent } from '../telemetry/events.js';
import type { FrameBatch } from '../telemetry/frame-batch.js';
import type { LiveChange, TrainerCommand, TrainerMessage } from '../telemetry/trainer-protocol.js';
import { Emitter } from './emitter.js';
import { asErrorData } from './error-data.js';
import { endWithoutWord } from './run-exit.js';
import { RunMirror } from './run-mirror.js';
import type { RunRequest, RunServiceOptions } from './run-request.js';
import { SampleWindow, type SampleSummary } from './sample-window.js';
import { TrainerProcess, type TrainerExit } from './trainer-process.js';

/** Runs remembered, the present one included. */
const KEPT_RUNS = 8;
/** Time a trainer whose run has ended gets to go by itself, once the next run waits for it. */
const LEAVE_MS = 250;

/**
 * Owns the runs of this window: at most one trainer at a time, what it says mirrored and handed on. A run is over when it
 * says so; its process may take a moment longer to go.
 */
export class RunService {
  private trainer: TrainerProcess | null = null;
  /** The run whose end has not been told yet. */
  private active: RunMirror | null = null;
  /** Starts wait for each other: two at once would be two trainers. */
  private starting: Promise<unknown> = Promise.resolve();
  private readonly kept: RunMirror[] = [];
  private readonly handling = new SampleWindow();
  private readonly emitters = {
    start: new Emitter<RunMirror>(),
    event: new Emitter<{ run: RunMirror; event: RunEvent }>(),
    frames: new Emitter<{ run: RunMirror; batch: FrameBatch }>(),
    failure: new Emitter<{ run: RunMirror; error: ErrorData }>(),
    refused: new Emitter<ErrorData>(),
    /** Anything a view of the run would show. */
    change: new Emitter<RunMirror>(),
    end: new Emitter<RunMirror>(),
  };
  readonly onStart = this.emitters.start.event;
  readonly onEvent = this.emitters.event.event;
  readonly onFrames = this.emitters.frames.event;
  readonly onFailure = this.emitters.failure.event;
  /** A change of the run was not taken. */
  readonly onRefused = this.emitters.refused.event;
  readonly onChange = this.emitters.change.event;
  /** The run has ended, in whatever way; fires once per run. */
  readonly onEnd = this.emitters.end.event;

  constructor(private readonly options: RunServiceOptions) {}

  /** The newest run, going on or ended. */
  get current(): RunMirror | null {
    return this.kept[0] ?? null;
  }

  /** The runs of this window, newest first. */
  get runs(): readonly RunMirror[] {
    return this.kept;
  }

  /** The run that goes on; null as soon as it has reached its final state. */
  get running(): RunMirror | null {
    return this.active === null || this.active.ended ? null : this.active;
  }

  get trainerPid(): number | undefined {
    return this.trainer?.pid;
  }

  /** Milliseconds the host spent on each batch of frames, listeners included. */
  handlingTimes(): SampleSummary {
    return this.handling.summary();
  }

  /** Starts a run; one that goes on is stopped first and waited for. */
  start(request: RunRequest): Promise<RunMirror> {
    const started = this.starting.then(() => this.startNow(request));
    this.starting = started.catch(() => undefined);
    return started;
  }

  private async startNow(request: RunRequest): Promise<RunMirror> {
    await this.stop();
    await this.whenGone();
    const { configFile, configText } = request.options;
    const run = new RunMirror(configFile, configText, request.checkOnly, Date.now());
    this.kept.unshift(run);
    this.kept.length = Math.min(this.kept.length, KEPT_RUNS);
    this.active = run;
    this.emitters.start.fire(run);
    this.emitters.change.fire(run);
    this.launch(run, request);
    return run;
  }

  /** Resolves when no trainer is left of an ended run; one that does not go by itself is killed. */
  private async whenGone(): Promise<void> {
    const { trainer } = this;
    if (trainer === null || !trainer.alive) return;
    const impatient = setTimeout(() => trainer.kill(), LEAVE_MS);
    await new Promise<void>((resolve) => trainer.onExit(() => resolve()));
    clearTimeout(impatient);
  }

  /** Stops the run that goes on and resolves when it has ended; resolves at once where there is none. */
  async stop(): Promise<void> {
    const { active, trainer } = this;
    if (active === null || trainer === null) return;
    const ended = this.whenEnded(active);
    active.stopRequested = true;
    trainer.stop();
    this.emitters.change.fire(active);
    await ended;
  }

  pause(): void {
    this.send({ type: 'pause' });
  }

  resume(): void {
    this.send({ type: 'resume' });
  }

  step(): void {
    this.send({ type: 'step' });
  }

  /** Back to the last healthy step; the run holds there. */
  rollback(): void {
    this.send({ type: 'rollback' });
  }

  /** Changes the run that goes on, not its config; a `change` event or `onRefused` answers. */
  change(change: LiveChange): void {
    this.send({ type: 'change', change });
  }

  /** Resolves when the run has ended. */
  whenEnded(run: RunMirror): Promise<RunMirror> {
    if (this.active !== run) return Promise.resolve(run);
    return new Promise((resolve) => {
      const subscription = this.onEnd((ended) => {
        if (ended !== run) return;
        subscription.dispose();
        resolve(run);
      });
    });
  }

  /** Ends everything at once: the window closes. */
  dispose(): void {
    this.trainer?.kill();
    Object.values(this.emitters).forEach((emitter) => emitter.dispose());
  }

  private launch(run: RunMirror, request: RunRequest): void {
    const { options, checkOnly, nodePath } = request;
    this.options.log.info(`${checkOnly ? 'Checking' : 'Training'} ${options.configFile}`);
    let trainer: TrainerProcess;
    try {
      trainer = new TrainerProcess({
        script: this.options.trainerScript,
        nodePath,
        cwd: path.dirname(options.configFile),
        stopTimes: this.options.stopTimes,
      });
    } catch (error) {
      this.fail(run, asErrorData(error));
      this.settle(run);
      return;
    }
    this.trainer = trainer;
    trainer.onMessage((message) => this.receive(run, message));
    trainer.onOutput((text) => this.options.log.debug(text.trimEnd()));
    trainer.onExit((exit) => this.leave(run, exit));
    trainer.send({ type: checkOnly ? 'check' : 'train', options });
  }

  private send(command: TrainerCommand): void {
    this.trainer?.send(command);
  }

  private receive(run: RunMirror, message: TrainerMessage): void {
    switch (message.type) {
      case 'frames':
        this.receiveFrames(run, message.batch);
        break;
      case 'event':
        this.receiveEvent(run, message.event);
        break;
      case 'error':
        this.fail(run, asErrorData(message.error));
        this.trainer?.release();
        this.settle(run);
        break;
      case 'log':
        this.options.log[message.level](message.text);
        break;
      case 'refused':
        this.emitters.refused.fire(asErrorData(message.error));
        break;
      case 'ready':
        break;
    }
  }

  private receiveFrames(run: RunMirror, batch: FrameBatch): void {
    const begin = performance.now();
    run.addFrames(batch, begin);
    this.emitters.frames.fire({ run, batch });
    this.emitters.change.fire(run);
    this.handling.add(performance.now() - begin);
  }

  private receiveEvent(run: RunMirror, event: RunEvent): void {
    run.addEvent(event);
    this.emitters.event.fire({ run, event });
    this.emitters.change.fire(run);
    if (event.event === 'end' && event.status === 'failed') this.fail(run, asErrorData(event.error));
    if (event.event === 'end') {
      this.trainer?.release();
      this.settle(run);
    } else if (event.event === 'state' && FINAL_STATES.includes(event.state)) {
      this.trainer?.acknowledgeStop();
    }
  }

  private leave(run: RunMirror, exit: TrainerExit): void {
    this.options.log.debug(`Trainer ended: exit code ${exit.code}, signal ${exit.signal}`);
    this.trainer = null;
    const error = run.ended ? null : endWithoutWord(run, exit);
    if (error !== null) this.fail(run, error);
    this.settle(run);
  }

  private fail(run: RunMirror, error: ErrorData): void {
    if (run.error !== null) return;
    run.fail(error);
    this.options.log.error(`${error.code}: ${AppError.fromJSON(error).format()}`);
    this.emitters.failure.fire({ run, error });
    this.emitters.change.fire(run);
  }

  /** Tells the end of a run, once. */
  private settle(run: RunMirror): void {
    if (this.active !== run) return;
    this.active = null;
    this.emitters.change.fire(run);
    this.emitters.end.fire(run);
  }
}
