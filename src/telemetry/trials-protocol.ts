import type { FindingEvent, StartEvent, TrialEvent } from './events.js';

/*
 * The search for a working fix: a process that coordinates trials (the command line, or a trainer that was sent `find-fix`) speaks
 * TrialsMessage; each trial runs in a trainer process of its own, which is sent `trial` and `go-on` and answers with its standing.
 */

/** What the search may spend. */
export interface TrialsBudget {
  /** Time after which it ends with what it knows. Without it the outcome does not depend on the speed of the machine. */
  seconds?: number;
  /** Updates of all trials together, the control included, as a share of a full run; default 0.5, twice that where nothing fixes. */
  share?: number;
}

/** Which config to find a fix for. */
export interface TrialsRequest {
  /** Absolute path of the config file. */
  configFile: string;
  /** Text of the config; default: read from the file. */
  configText?: string;
  /** data.module and model.module may run. */
  trusted: boolean;
  tensorflowPath?: string;
  seed?: number;
  engine?: 'auto' | 'tensorflow' | 'wasm' | 'cpu';
  budget?: TrialsBudget;
  /** Trials that run at the same time; default: the cores. */
  processes?: number;
  /** What a run of this very config has found already; the control then need not find it again. */
  findings?: FindingEvent[];
}

/** How far one trial has come. */
export interface TrialProgress {
  /** Kind of the fix, two of them joined by "+"; null: the untouched control. */
  fix: string | null;
  title: string;
  steps: number;
  /** Loss / that of its own trivial predictor. */
  share: number;
  state: 'waiting' | 'running' | 'lost' | 'crashed' | 'dropped' | 'ended';
}

export type TrialsPhase = 'diagnosing' | 'trying' | 'verifying' | 'confirming' | 'trying-pairs';

/** How a search ended. */
export interface TrialsResult {
  event: 'result';
  /**
   * healthy: nothing to repair; fixed: the best is verified; helps: the best does better than the control, but is no repair; none: nothing
   * works; cancelled.
   */
  status: 'healthy' | 'fixed' | 'helps' | 'none' | 'cancelled';
  /** Best of the trials; null where none does better than the control. */
  best: TrialEvent | null;
  /** All trials, best first. */
  trials: TrialEvent[];
  /** One or two sentences: what was found, or why nothing works, with the numbers. */
  reason: string;
  /** Updates of all trials together, the control included. */
  steps: number;
  /** Updates of a full run of the config. */
  fullRun: number;
  /** steps / fullRun */
  cost: number;
  seconds: number;
  /** What ended the search before it was through. */
  ended: 'seconds' | 'share' | null;
  /** Findings of the control. */
  findings: FindingEvent[];
  /** Engine of the trials. */
  engine: string;
}

/** What a search says while it goes on. The last message is `result`, or an error. */
export type TrialsMessage =
  | { type: 'start'; start: StartEvent }
  | { type: 'finding'; finding: FindingEvent }
  | { type: 'progress'; phase: TrialsPhase; spent: number; seconds: number; trials: TrialProgress[] }
  | { type: 'result'; result: TrialsResult };

/** What a trial process says whenever it waits: it has come to the step it was sent to, found something, or ended. */
export interface TrialStanding {
  /** Updates made. */
  steps: number;
  why: 'reached' | 'finding' | 'non-finite' | 'ended';
  /** Loss of each step since the last standing. */
  losses: Float64Array;
  /** New findings since the last standing. */
  findings: FindingEvent[];
  /** Largest global gradient norm so far. */
  worstNorm: number;
  /** On the validation split where it was evaluated, else in training; null where it is not measured. */
  accuracy: number | null;
  /** A learning rate well inside the limit that the pre-flight measured; null where it is not known. */
  stableRate: number | null;
  /** With the first standing. */
  start: StartEvent | null;
  /** With the last one: the loss the end event tells. */
  endLoss: number | null;
  seconds: number;
}
