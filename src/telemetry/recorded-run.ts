import {
  FINAL_STATES,
  type EndEvent,
  type EpochEvent,
  type FallbackEvent,
  type FindingEvent,
  type ForecastEvent,
  type RunState,
  type StartEvent,
  type TrialEvent,
} from './events.js';
import { keepBranch, type Branch } from './branches.js';
import { encodeFrames, type FrameBatch } from './frame-batch.js';
import { FrameRing } from './frame-ring.js';
import type { FrameEvent, LogEntry } from './json-lines.js';
import { markPast, type CourseEvent, type PastFindings } from './past-findings.js';

/** A run as its log tells it. */
export interface RecordedRun {
  start: StartEvent;
  /** All frames, or, of a run larger than the memory given, those that are left of it; null where there are none. */
  frames: FrameBatch | null;
  /** Frames in the log. */
  frameCount: number;
  epochs: EpochEvent[];
  findings: FindingEvent[];
  /** Why some of them no longer speak of the course the run ended on. */
  past: PastFindings;
  /** Where it went back, and what was changed while it ran, in order. */
  course: CourseEvent[];
  /** What it measured on the courses it left by going back. */
  branches: Branch[];
  /** How good its forecasts of overflow were. */
  forecasts: ForecastEvent[];
  fallbacks: FallbackEvent[];
  trials: TrialEvent[];
  /** The last state that was written. */
  state: RunState;
  stateReason?: string;
  /** null where the log ends without one: the trainer was killed, or is still at it. */
  end: EndEvent | null;
}

/** Gathers a run from the entries of its log, in bounded memory. */
export class RunRecorder {
  private start: StartEvent | null = null;
  private ring: FrameRing | null = null;
  private frameCount = 0;
  private readonly events = {
    epochs: [] as EpochEvent[],
    findings: [] as FindingEvent[],
    past: new Map() as PastFindings,
    course: [] as CourseEvent[],
    branches: [] as Branch[],
    forecasts: [] as ForecastEvent[],
    fallbacks: [] as FallbackEvent[],
    trials: [] as TrialEvent[],
  };
  private state: RunState = 'starting';
  private stateReason: string | undefined;
  private end: EndEvent | null = null;

  /** `limitBytes` bounds the numbers of the frames. */
  constructor(private readonly limitBytes?: number) {}

  /** Takes entries in the order they were written. */
  take(entries: readonly LogEntry[]): void {
    let frames: FrameEvent[] = [];
    for (const entry of entries) {
      if (entry.event === 'frame') frames.push(entry);
      else {
        // The frames before a second start belong to it no more than its own do to the first.
        if (entry.event === 'start') frames = [];
        if (entry.event === 'rollback') {
          this.takeFrames(frames);
          frames = [];
        }
        this.takeEvent(entry);
      }
    }
    this.takeFrames(frames);
  }

  /** The run so far; null where the log never named it. */
  result(): RecordedRun | null {
    const { start, events, state, stateReason, end, frameCount } = this;
    return start === null ? null : { start, ...events, frames: this.ring?.snapshot() ?? null, frameCount, state, stateReason, end };
  }

  private takeFrames(frames: readonly FrameEvent[]): void {
    if (this.start === null || frames.length === 0) return;
    const { length } = this.start.layers;
    this.ring ??= new FrameRing(length, this.limitBytes);
    this.ring.append(encodeFrames(frames, length));
    this.frameCount += frames.length;
  }

  private takeEvent(event: Exclude<LogEntry, FrameEvent>): void {
    switch (event.event) {
      case 'start':
        this.start ??= event;
        break;
      case 'epoch':
        this.events.epochs.push(event);
        break;
      case 'finding':
        this.events.findings.push(event);
        break;
      case 'rollback':
        this.events.branches = keepBranch(this.events.branches, this.ring?.snapshot() ?? null, event.to);
        this.ring?.goBackTo(event.to);
        markPast(this.events.past, this.events.findings, event);
        this.events.course.push(event);
        break;
      case 'change':
        markPast(this.events.past, this.events.findings, event);
        this.events.course.push(event);
        break;
      case 'forecast':
        this.events.forecasts.push(event);
        break;
      case 'fallback':
        this.events.fallbacks.push(event);
        break;
      case 'trial':
        this.events.trials.push(event);
        break;
      case 'state':
        this.state = event.state;
        this.stateReason = event.reason;
        break;
      case 'end':
        this.end = event;
        this.state = event.status;
    }
  }
}

/** What to show of a run whose log stops in the middle: that it does, and where. Undefined for a run that ended in order. */
export function unfinishedNote(run: RecordedRun): { message: string; action: string } | undefined {
  if (run.end !== null || FINAL_STATES.includes(run.state)) return undefined;
  const last = run.frames === null ? undefined : run.frames.step[run.frames.count - 1];
  return {
    message: `The log of this run stops ${last === undefined ? 'before its first step' : `after step ${last}`}, without an end`,
    action: 'Its trainer was killed, or still runs. Everything up to there is shown.',
  };
}
