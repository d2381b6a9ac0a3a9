import { AppError } from '../config/app-error.js';
import { createDiagnosis, type Diagnosis } from '../diagnosis/diagnosis.js';
import type { PreflightReport } from '../diagnosis/preflight-report.js';
import { staticFindings } from '../diagnosis/static-checks.js';
import type { EndEvent, FindingEvent, Frame, RunState } from '../telemetry/events.js';
import type { RunOptions } from '../telemetry/trainer-protocol.js';
import { EvaluationCancelled, evaluateDataset } from './evaluate.js';
import { train, type LoopEnd, type LoopHost, type Verdict } from './loop.js';
import { runPreflight } from './probes/preflight.js';
import { Progress } from './progress.js';
import { RunControl } from './run-control.js';
import { RunOutbox, type RunSink } from './run-outbox.js';
import { placeInConfig, prepareRun, type PreparedRun } from './run-setup.js';
import { StopWatch } from './stop-watch.js';

/** Findings that mean, at severity error, that the training is lost. */
const LOST: ReadonlySet<string> = new Set(['exploding-gradients', 'non-finite', 'explosion-risk', 'exploded-then-dead']);
/** A loss that ends so many times above its first value is lost. */
const HARM_FACTOR = 10;

export interface SessionOptions {
  /** Static checks and pre-flight only. */
  checkOnly?: boolean;
  /** There is nobody to resume a paused run: an error finding that would pause it stops it. */
  pauseMeansStop?: boolean;
  /** Asked between two steps: a promise while the run has to wait; true: stop here. `handOut` sends what is still to be sent. */
  meet?(progress: Progress, handOut: () => void): Promise<boolean> | null;
  /** Called once the run is prepared, before its first event: further sinks, such as the run log. */
  opened?(prepared: PreparedRun): RunSink[];
}

export interface RunResult {
  end: EndEvent;
  findings: FindingEvent[];
}

/**
 * One run from config to end: starting -> preflight -> running <-> paused -> completed | diverged | stopped | failed.
 * Everything it has to say goes to its sinks, in order.
 */
export class RunSession implements LoopHost {
  readonly control = new RunControl();
  risk = 0;
  private state: RunState = 'starting';
  private readonly sinks: RunSink[];
  private readonly outbox: RunOutbox;
  private readonly progress = new Progress();
  private readonly clock = new StopWatch();
  private readonly findings: FindingEvent[] = [];
  private diagnosis: Diagnosis | null = null;
  private prepared: PreparedRun | null = null;
  /** An error finding the run has not yet reacted to. */
  private trouble: FindingEvent | null = null;

  constructor(
    private readonly options: RunOptions,
    sinks: readonly RunSink[],
    private readonly settings: SessionOptions = {},
  ) {
    this.sinks = [...sinks];
    this.outbox = new RunOutbox(this.sinks);
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

  /** LoopHost: between two steps. */
  async gate(step: number): Promise<boolean> {
    this.control.countStep();
    if (this.control.paused && !this.control.stopRequested) await this.waitPaused(step, 'paused');
    await this.outbox.ready();
    if (await this.control.breathe()) return true;
    const meeting = this.settings.meet?.(this.progress, () => this.outbox.flush()) ?? null;
    return meeting !== null && (await meeting);
  }

  /** LoopHost: a step is known and not yet applied. */
  judge(frame: Frame): Verdict {
    return this.clock.telemetry(() => {
      const judgement = this.diagnosis?.frame(frame) ?? { findings: [], risk: 0, riskEvidence: [] };
      this.risk = judgement.risk;
      this.outbox.frame({ ...frame, risk: judgement.risk, riskEvidence: judgement.riskEvidence });
      this.report(judgement.findings);
      return this.react();
    });
  }

  /** LoopHost: the update of this step is held back. */
  async hold(step: number): Promise<boolean> {
    const { trouble } = this;
    this.trouble = null;
    this.control.pause();
    await this.waitPaused(step, `paused at ${trouble?.id ?? 'trouble'}`);
    return this.control.stopRequested;
  }

  /** LoopHost: the last step of an epoch is done. */
  async epochEnd(progress: Progress): Promise<boolean> {
    const validation = await this.evaluate();
    if (this.control.stopRequested) return true;
    const { epoch, steps: step, epochLoss: loss, metrics } = progress;
    const event = { event: 'epoch', epoch, step, loss, metrics, validation } as const;
    this.outbox.event(event);
    this.report(this.diagnosis?.epoch(event) ?? []);
    return false;
  }

  private async work(prepared: PreparedRun): Promise<RunResult> {
    this.diagnosis = createDiagnosis({ config: prepared.config, start: prepared.start, preflight: null });
    this.enter('preflight');
    this.report(this.diagnosis.preflight(await this.measure(prepared)));
    // The forward passes of the pre-flight have met those that depend on the call.
    this.tellFallbacks(prepared);
    if (this.settings.checkOnly === true) return this.finish(this.endEvent('completed', null));
    if (!this.control.stopRequested) this.enter('running');
    const end = await this.loop(prepared);
    return this.finish(this.endEvent(this.statusOf(end, prepared), await this.finalEvaluation(end, prepared)));
  }

  /** Where measuring fails, what the config alone proves may be the reason: it is told all the same. */
  private async measure(prepared: PreparedRun): Promise<PreflightReport> {
    const { stepper, plan, report, config } = prepared;
    try {
      return { ...report, ...(await runPreflight(stepper, prepared.firstBatches(), plan.learningRate, () => this.control.breathe())) };
    } catch (error) {
      this.report(staticFindings(config));
      throw error;
    }
  }

  private tellFallbacks({ fallbacks }: PreparedRun): void {
    for (const fallback of fallbacks.takeNew()) this.outbox.event({ event: 'fallback', ...fallback });
  }

  private async loop(prepared: PreparedRun): Promise<LoopEnd> {
    this.clock.start();
    const end = await train(prepared.plan, this, this.progress);
    this.clock.stop();
    return end;
  }

  private report(findings: readonly FindingEvent[]): void {
    for (const finding of findings) {
      this.findings.push(finding);
      this.outbox.event(finding);
      if (finding.severity === 'error') this.trouble ??= finding;
    }
  }

  private react(): Verdict {
    if (this.trouble === null) return 'commit';
    const { onTrouble } = (this.prepared as PreparedRun).config.watch;
    if (onTrouble === 'continue') this.trouble = null;
    if (onTrouble === 'continue') return 'commit';
    return onTrouble === 'pause' && this.settings.pauseMeansStop !== true ? 'hold' : 'stop';
  }

  private async waitPaused(step: number, reason: string): Promise<void> {
    this.enter('paused', step, reason);
    await this.clock.pausedWhile(this.control.untilReleased());
    // The step that waited here is the one a single step pays for.
    this.control.countStep();
    if (!this.control.stopRequested) this.enter('running', step);
  }

  /** Validation as of now; null without one, or when told to stop meanwhile. */
  private async evaluate(): Promise<EndEvent['test']> {
    const { data, stepper, plan } = this.prepared as PreparedRun;
    if (data.validation === null) return null;
    const evaluation = evaluateDataset(stepper, data.validation, plan.batches.batchSize, () => this.control.breathe());
    return this.clock.pausedWhile(evaluation).catch((error: unknown) => {
      if (error instanceof EvaluationCancelled) return null;
      throw error;
    });
  }

  /** A run that was stopped is not made to wait for an evaluation. */
  private async finalEvaluation(end: LoopEnd, prepared: PreparedRun): Promise<EndEvent['test']> {
    return end === 'stopped' || prepared.data.validation === null ? null : this.evaluate();
  }

  private statusOf(end: LoopEnd, prepared: PreparedRun): EndEvent['status'] {
    if (end === 'stopped') return 'stopped';
    const lost = this.findings.some((finding) => finding.severity === 'error' && LOST.has(finding.id));
    if (end === 'trouble') return lost ? 'diverged' : 'stopped';
    const loss = this.progress.finalLoss(this.atEpochEnd(prepared));
    const harmed = lost && Math.abs(loss) > HARM_FACTOR * Math.abs(this.progress.firstLoss);
    return !Number.isFinite(loss) || harmed || !prepared.stepper.weightsAreFinite() ? 'diverged' : 'completed';
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
    if (end.status !== 'failed' && this.settings.checkOnly !== true) this.report(this.diagnosis?.end(end) ?? []);
    this.enter(end.status);
    this.outbox.event(end);
    return { end, findings: this.findings };
  }

  private enter(state: RunState, step = this.progress.steps, reason?: string): void {
    if (this.state === state) return;
    this.state = state;
    this.outbox.event({ event: 'state', state, step, ...(reason === undefined ? {} : { reason }) });
  }
}
