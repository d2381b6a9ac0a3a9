import { AppError } from '../config/app-error.js';
import type { PreflightReport } from '../diagnosis/preflight-report.js';
import type { EndEvent, FindingEvent } from '../telemetry/events.js';
import type { RunOptions } from '../telemetry/trainer-protocol.js';
import { train } from './loop.js';
import { runPreflight } from './probes/preflight.js';
import { Progress } from './progress.js';
import { RunControl } from './run-control.js';
import { RunHost } from './run-host.js';
import { RunJudge } from './run-judge.js';
import { RunOutbox, type RunSink } from './run-outbox.js';
import { placeInConfig, prepareRun, type PreparedRun } from './run-setup.js';
import { RunStates } from './run-states.js';
import { statusOf } from './run-status.js';
import { saveHealthyWeights } from './run-weights.js';
import { StopWatch } from './stop-watch.js';

export interface SessionOptions {
  /** Static checks and pre-flight only. */
  checkOnly?: boolean;
  /** There is nobody to resume a paused run: an error finding that would pause it stops it. */
  pauseMeansStop?: boolean;
  /** The last healthy weights of a run that does not complete are written into its directory. */
  saveWeights?: boolean;
  /** Asked between two steps: a promise while the run has to wait; true: stop here. `handOut` sends what is still to be sent. */
  meet?(progress: Progress, handOut: () => void): Promise<boolean> | null;
  /** Hears what the pre-flight measured. */
  measured?(report: PreflightReport, prepared: PreparedRun): void;
  /** Called once the run is prepared, before its first event: further sinks, such as the run log. */
  opened?(prepared: PreparedRun): RunSink[];
}

export interface RunResult {
  end: EndEvent;
  /** Of the course the run ended on: what a rollback undid is not among them. */
  findings: FindingEvent[];
}

/**
 * One run from config to end: starting -> preflight -> running <-> paused -> completed | diverged | stopped | failed.
 * Everything it has to say goes to its sinks, in order.
 */
export class RunSession {
  readonly control = new RunControl();
  private readonly sinks: RunSink[];
  private readonly outbox: RunOutbox;
  private readonly states: RunStates;
  private readonly progress = new Progress();
  private readonly clock = new StopWatch();
  private prepared: PreparedRun | null = null;
  private judge: RunJudge | null = null;

  constructor(
    private readonly options: RunOptions,
    sinks: readonly RunSink[],
    private readonly settings: SessionOptions = {},
  ) {
    this.sinks = [...sinks];
    this.outbox = new RunOutbox(this.sinks);
    this.states = new RunStates(this.outbox);
  }

  /**
   * Runs to the end. Throws AppError where the run cannot start; once it has started, a failure is told by the end event
   * (status failed) and thrown as well.
   */
  async run(): Promise<RunResult> {
    const prepared = await this.prepare();
    if (prepared === null) return this.finish(this.endEvent('stopped', null));
    this.prepared = prepared;
    try {
      this.sinks.push(...(this.settings.opened?.(prepared) ?? []));
      return await this.started(prepared);
    } finally {
      prepared.dispose();
    }
  }

  private async started(prepared: PreparedRun): Promise<RunResult> {
    try {
      this.outbox.event(prepared.start);
      this.tellFallbacks(prepared);
      return await this.work(prepared);
    } catch (cause) {
      const error = placeInConfig(cause, prepared.document);
      this.finish({ ...this.endEvent('failed', null), error: AppError.is(error) ? error.toJSON() : String(error) });
      throw error;
    }
  }

  /** Null where the run is told to stop meanwhile: a module of the user may keep it waiting forever. */
  private async prepare(): Promise<PreparedRun | null> {
    const preparing = prepareRun(this.options, (level, text) => this.outbox.log(level, text));
    const prepared = await Promise.race([preparing, this.control.stopping]);
    if (prepared !== undefined) return prepared;
    preparing.then((late) => late.dispose(), () => undefined); // prettier-ignore
    this.control.throwFailure();
    return null;
  }

  private async work(prepared: PreparedRun): Promise<RunResult> {
    const judge = new RunJudge(prepared, this.outbox);
    this.judge = judge;
    this.states.enter('preflight', 0);
    const report = await this.measure(prepared, judge);
    this.settings.measured?.(report, prepared);
    judge.preflight(report);
    // The forward passes of the pre-flight have met those that depend on the call.
    this.tellFallbacks(prepared);
    if (this.settings.checkOnly === true) return this.finish(this.endEvent('completed', null));
    if (!this.control.stopRequested) this.states.enter('running', 0);
    const host = this.makeHost(prepared, judge);
    try {
      return await this.train(prepared, judge, host);
    } finally {
      host.dispose();
    }
  }

  private makeHost(prepared: PreparedRun, judge: RunJudge): RunHost {
    const { control, outbox, states, clock } = this;
    const { pauseMeansStop = false } = this.settings;
    const meet = () => this.settings.meet?.(this.progress, () => outbox.flush()) ?? null;
    return new RunHost({ prepared, judge, control, outbox, states, clock, pauseMeansStop, meet });
  }

  private async train(prepared: PreparedRun, judge: RunJudge, host: RunHost): Promise<RunResult> {
    const { progress } = this;
    this.clock.start(prepared.stepper.telemetrySeconds);
    const end = await train(prepared.plan, host, progress);
    this.clock.stop();
    const loss = progress.finalLoss(this.atEpochEnd(prepared));
    const status = statusOf({ end, findings: judge.findings, loss, progress, stepper: prepared.stepper });
    // A run that was stopped is not made to wait for an evaluation.
    const test = end === 'stopped' ? null : await host.evaluate();
    const weights = status === 'completed' ? null : await this.saveWeights(prepared, judge, host);
    const event = this.endEvent(status, test);
    return this.finish(weights === null ? event : { ...event, weights });
  }

  private async saveWeights(prepared: PreparedRun, judge: RunJudge, host: RunHost): Promise<EndEvent['weights'] | null> {
    if (this.settings.saveWeights !== true) return null;
    try {
      return (await saveHealthyWeights(prepared, judge, this.progress.steps, host.healthy?.moment ?? null)) ?? null;
    } catch (error) {
      this.outbox.log('warn', `The weights of the last healthy step cannot be saved: ${(error as Error).message}`);
      return null;
    }
  }

  /** Where measuring fails, what the config alone proves may be the reason: it is told all the same. */
  private async measure(prepared: PreparedRun, judge: RunJudge): Promise<PreflightReport> {
    const { stepper, plan, report, config } = prepared;
    try {
      return { ...report, ...(await runPreflight(stepper, prepared.firstBatches(), plan.learningRate, () => this.control.breathe())) };
    } catch (error) {
      judge.staticChecks(config);
      throw error;
    }
  }

  private tellFallbacks({ fallbacks }: PreparedRun): void {
    for (const fallback of fallbacks.takeNew()) this.outbox.event({ event: 'fallback', ...fallback });
  }

  private atEpochEnd(prepared: PreparedRun | null): boolean {
    return prepared !== null && this.progress.steps > 0 && this.progress.steps % prepared.plan.batches.perEpoch === 0;
  }

  private endEvent(status: EndEvent['status'], test: EndEvent['test']): EndEvent {
    const { progress, clock, prepared } = this;
    return {
      event: 'end',
      status,
      steps: progress.steps,
      loss: progress.finalLoss(this.atEpochEnd(prepared)),
      metrics: progress.metrics,
      test,
      seconds: clock.seconds,
      telemetryShare: clock.share(prepared?.stepper.telemetrySeconds ?? 0),
      clippedShare: progress.steps === 0 ? 0 : progress.clipped / progress.steps,
    };
  }

  private finish(end: EndEvent): RunResult {
    if (end.status !== 'failed' && this.settings.checkOnly !== true) this.judge?.end(end);
    this.states.enter(end.status, this.progress.steps);
    this.outbox.event(end);
    return { end, findings: this.judge?.findings ?? [] };
  }
}
