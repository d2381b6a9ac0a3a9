import type { ErrorData } from '../config/app-error.js';
import type {
  EndEvent,
  EpochEvent,
  FallbackEvent,
  FindingEvent,
  ForecastEvent,
  RunEvent,
  RunState,
  StartEvent,
  TrialEvent,
} from '../telemetry/events.js';
import { FINAL_STATES } from '../telemetry/events.js';
import type { FrameBatch } from '../telemetry/frame-batch.js';
import { keepBranch, type Branch } from '../telemetry/branches.js';
import { FrameRing, type KeptFrames } from '../telemetry/frame-ring.js';
import { type CourseEvent, markPast, type PastFindings } from '../telemetry/past-findings.js';
import { unfinishedNote, type RecordedRun } from '../telemetry/recorded-run.js';

/** The figures of the newest frame. */
export interface LatestFigures {
  step: number;
  epoch: number;
  loss: number;
  risk: number;
}

/** Most epochs, and most findings, fallbacks and trials kept of one run. */
const MAX_EPOCHS = 10_000;
const MAX_FINDINGS = 500;

/** What the extension host knows of one run: the trainer owns it, this mirrors it in bounded memory. */
export class RunMirror {
  /** Known to the page from before the trainer has named the run. */
  readonly key: string;
  state: RunState = 'starting';
  stateReason: string | undefined;
  /** The last healthy step, as of the last pause. */
  healthyStep: number | undefined;
  start: StartEvent | null = null;
  readonly epochs: EpochEvent[] = [];
  readonly findings: FindingEvent[] = [];
  /** How good its forecasts of overflow were, once it has ended. */
  readonly forecasts: ForecastEvent[] = [];
  /** Why some of them no longer speak of the course the run is on. */
  readonly past: PastFindings = new Map();
  /** Where it went back, and what was changed while it ran, in order. */
  readonly course: CourseEvent[] = [];
  /** What it measured on the courses it left by going back. */
  branches: Branch[] = [];
  readonly fallbacks: FallbackEvent[] = [];
  readonly trials: TrialEvent[] = [];
  end: EndEvent | null = null;
  error: ErrorData | null = null;
  latest: LatestFigures | null = null;
  /** Absolute path of the log it was read from; undefined for a run of this window. */
  logFile: string | undefined;
  /** The user asked for the stop. */
  stopRequested = false;
  /** Steps per second over the last second or so; null before there are two batches. */
  stepsPerSecond: number | null = null;
  private ring: FrameRing | null = null;
  private paceStep = -1;
  private paceTime = 0;

  constructor(
    /** Absolute path of the config. */
    readonly configFile: string,
    /** The text that is trained. */
    readonly configText: string,
    /** A dry run: static checks and pre-flight only. */
    readonly checkOnly: boolean,
    /** Milliseconds since 1970. */
    readonly startedAt: number,
    key?: string,
  ) {
    this.key = key ?? `run-${startedAt.toString(36)}-${(sequence += 1)}`;
  }

  /** A run that is over, as its log tells it. */
  static recorded(run: RecordedRun, config: { file: string; text: string }, key: string, frameBytes: number): RunMirror {
    const mirror = new RunMirror(config.file, config.text, false, Date.parse(run.start.time ?? '') || 0, key);
    const { start, epochs, findings, past, course, branches, forecasts, fallbacks, trials, frames, end, state, stateReason: reason } = run;
    if (frames !== null) {
      mirror.ring = new FrameRing(frames.layerCount, frameBytes);
      mirror.addFrames(frames, 0);
    }
    for (const event of [start, ...epochs, ...findings, ...forecasts, ...fallbacks, ...trials]) mirror.addEvent(event);
    // Not told again as events: they are past to the findings before them only.
    for (const event of course) mirror.addCourse(event);
    mirror.branches = branches;
    for (const [finding, why] of past) mirror.past.set(finding, why);
    mirror.addEvent({ event: 'state', state, step: Math.max(0, mirror.lastStep), reason });
    if (end !== null) mirror.addEvent(end);
    const unfinished = unfinishedNote(run);
    if (unfinished !== undefined) mirror.fail({ code: 'trainer-crashed', place: {}, ...unfinished });
    return mirror;
  }

  /** The name of its run directory, once the trainer has said it. */
  get runId(): string | undefined {
    return this.start?.run;
  }

  get ended(): boolean {
    return FINAL_STATES.includes(this.state);
  }

  /** Highest step seen, -1 before the first. */
  get lastStep(): number {
    return this.end?.steps ?? this.latest?.step ?? -1;
  }

  /** All frames kept, thinned where the run is long; null before the first. */
  frames(): KeptFrames | null {
    return this.ring?.kept() ?? null;
  }

  get frameBytes(): number {
    return this.ring?.bytes ?? 0;
  }

  /** Takes frames in. `now` is in milliseconds. Copies nothing but the small tail of the ring. */
  addFrames(batch: FrameBatch, now: number): void {
    if (batch.count === 0) return;
    this.ring ??= new FrameRing(batch.layerCount);
    this.ring.append(batch);
    const last = batch.count - 1;
    const at = (column: Float64Array) => column[last] as number;
    this.latest = { step: at(batch.step), epoch: at(batch.epoch), loss: at(batch.loss), risk: at(batch.risk) };
    this.measurePace(this.latest.step, now);
  }

  addEvent(event: RunEvent): void {
    switch (event.event) {
      case 'start':
        this.start = event;
        break;
      case 'state':
        this.state = event.state;
        this.stateReason = event.reason;
        this.healthyStep = event.healthy ?? this.healthyStep;
        // A pause is no pace.
        if (event.state !== 'running') this.paceStep = -1;
        break;
      case 'epoch':
        if (this.epochs.length < MAX_EPOCHS) this.epochs.push(event);
        break;
      case 'forecast':
        this.forecasts.push(event);
        break;
      case 'rollback':
        this.branches = keepBranch(this.branches, this.ring?.snapshot() ?? null, event.to);
        this.ring?.goBackTo(event.to);
        markPast(this.past, this.findings, event);
        this.addCourse(event);
        break;
      case 'change':
        markPast(this.past, this.findings, event);
        this.addCourse(event);
        break;
      case 'finding':
        if (this.findings.length < MAX_FINDINGS) this.findings.push(event);
        break;
      case 'fallback':
        if (this.fallbacks.length < MAX_FINDINGS) this.fallbacks.push(event);
        break;
      case 'end':
        this.end = event;
        this.state = event.status;
        break;
      case 'trial':
        if (this.trials.length < MAX_FINDINGS) this.trials.push(event);
        break;
    }
  }

  /** The findings about the course the run is on. */
  get standing(): FindingEvent[] {
    return this.findings.filter((finding) => !this.past.has(finding));
  }

  private addCourse(event: CourseEvent): void {
    if (this.course.length < MAX_FINDINGS) this.course.push(event);
  }

  fail(error: ErrorData): void {
    this.error = error;
    this.state = 'failed';
  }

  private measurePace(step: number, now: number): void {
    if (this.paceStep < 0 || step < this.paceStep) {
      this.paceStep = step;
      this.paceTime = now;
      return;
    }
    const seconds = (now - this.paceTime) / 1000;
    if (seconds < 0.5) return;
    this.stepsPerSecond = (step - this.paceStep) / seconds;
    this.paceStep = step;
    this.paceTime = now;
  }
}

let sequence = 0;
