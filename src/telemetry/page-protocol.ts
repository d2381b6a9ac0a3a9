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
} from './events.js';
import type { Branch } from './branches.js';
import type { FrameBatch } from './frame-batch.js';
import type { MetricColumns, PageFrames, PageMetric } from './page-frames.js';
import type { CourseEvent } from './past-findings.js';

/*
 * Messages between the extension host, which owns the data, and the dashboard page, which only draws.
 * A page that becomes visible says 'ready' and gets one snapshot, the metrics it does not show yet right after; then appends.
 * Messages up are commands only; the host validates them (they come from a page).
 * The host sends packMessage(message), the page reads unpackMessage(event.data): see page-numbers.ts.
 */

/** One line of a fix's preview. */
export interface DiffLine {
  kind: 'remove' | 'add' | 'context';
  /** 1-based line in the config before (remove, context) or after (add) the edit. */
  line: number;
  text: string;
}

export interface FixCard {
  /** Kind of the fix, for example "clip-gradients". */
  id: string;
  /** Imperative with the value: "Clip gradients to global norm 1.0". */
  title: string;
  why: string;
  live: boolean;
  diff: DiffLine[];
  /** Ids of the findings it answers. */
  answers: string[];
  /** Why it cannot be applied now; absent when it can. */
  disabledReason?: string;
  /** It has been written to the config since this run started. */
  applied?: boolean;
  /** The run that goes on has it, from this step on. */
  appliedLive?: number;
  /** What it has done in a trial of this config. */
  trial?: TrialEvent;
}

/** A search for a working fix under way. */
export interface FixSearchState {
  /** What it does now, in words. */
  line: string;
  /** 0..1 of a full run's updates spent. */
  spent: number;
}

export interface PageFinding extends FindingEvent {
  /** 1-based line in the config, where the finding has a place there. */
  line?: number;
  /** It speaks of a course the run has left. */
  past?: 'rolled back' | 'changed';
}

export interface RunSummary {
  run: string;
  /** ISO 8601. */
  time: string;
  config: string;
  status: RunState;
  steps: number;
  loss: number;
  baselineLoss: number;
  /** What the user calls it. */
  label?: string;
  /** Its log lies on disk: it can be named and deleted. */
  recorded?: boolean;
  /** Why it cannot be opened: its log is damaged. */
  problem?: string;
  /** Some of its losses, evenly over the run, for a small curve. */
  losses?: number[];
}

export interface RunSnapshot {
  run: string;
  /** Name of the config file, for the title. */
  config: string;
  state: RunState;
  stateReason?: string;
  /** The last healthy step, as of the last pause. */
  healthyStep?: number;
  /** Where it went back, and what was changed while it ran. */
  course?: CourseEvent[];
  /** What it measured on the courses it left by going back. */
  branches?: Branch[];
  /** How good its forecasts of overflow were, once it has ended. */
  forecasts?: ForecastEvent[];
  start: StartEvent | null;
  /** Of a host, only what shows at first: the other metrics follow in `metric` messages, before any frames. */
  frames: FrameBatch | PageFrames | null;
  epochs: EpochEvent[];
  findings: PageFinding[];
  fixes: FixCard[];
  /** A search for a working fix of this run's config goes on. */
  search?: FixSearchState;
  /** What fixes have done in trials, in the order they were tried. */
  trials?: TrialEvent[];
  /** Layers that do not run on our own kernels. */
  fallbacks?: FallbackEvent[];
  end: EndEvent | null;
  /** What failed: a sentence and an action. */
  error?: { message: string; action: string };
}

export interface ConfigChoice {
  /** Workspace-relative path. */
  path: string;
  /** Absolute path or URI, passed back in commands. */
  uri: string;
  /** Result of the static check: number of problems. */
  errors: number;
}

export type HostMessage =
  | {
      type: 'snapshot';
      version: 1;
      snapshot: RunSnapshot | null;
      configs: ConfigChoice[];
      history: RunSummary[];
      trusted: boolean;
    }
  | { type: 'history'; history: RunSummary[] }
  /** A second run beside the one on show; null: none any more. */
  | { type: 'compare'; snapshot: RunSnapshot | null }
  /** More of the frames of a snapshot. */
  | ({ type: 'metric'; run: string } & MetricColumns)
  | { type: 'frames'; run: string; batch: FrameBatch }
  | { type: 'event'; run: string; event: Exclude<RunEvent, FindingEvent> }
  | { type: 'findings'; run: string; findings: PageFinding[]; fixes: FixCard[] }
  /** null: it has ended. */
  | { type: 'search'; run: string; search: FixSearchState | null }
  | { type: 'failed'; run: string; error: { message: string; action: string } };

/** A chart as a picture (bytes of a PNG) or its data as comma-separated values, for the user to keep. */
export interface SavedFile {
  /** Proposed name, without a folder. */
  name: string;
  content: string | Uint8Array;
}

export type PageCommand =
  /** `metric`: of the layers it shows this one first. */
  | { type: 'ready'; metric?: PageMetric }
  | { type: 'train'; uri?: string }
  | { type: 'check'; uri?: string }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'step' }
  | { type: 'rollback' }
  /** Applies a fix to the run that goes on, not to the config. */
  | { type: 'applyLive'; fix: string; from: 'now' | 'healthy' }
  | { type: 'stop' }
  | { type: 'reveal'; path: (string | number)[] }
  | { type: 'applyFix'; fix: string; retrain: boolean }
  | { type: 'findFix' }
  | { type: 'previewFix'; fix: string }
  | { type: 'cancelFindFix' }
  | { type: 'openRun'; run: string }
  /** Puts a second run beside the one on show; null takes it away. */
  | { type: 'compareRun'; run: string | null }
  | { type: 'renameRun'; run: string }
  | { type: 'deleteRun'; run: string }
  | { type: 'exportReport' }
  | { type: 'showLog' }
  | ({ type: 'saveFile' } & SavedFile)
  | { type: 'newConfig' };
