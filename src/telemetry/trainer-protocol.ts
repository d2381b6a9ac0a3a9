import type { FrameBatch } from './frame-batch.js';
import type { LiveEdit, RunEvent } from './events.js';
import type { TrialsMessage, TrialsRequest, TrialStanding } from './trials-protocol.js';

/*
 * Messages over the process boundary between the extension host (or the CLI's session) and a trainer process.
 * They pass through child_process IPC with serialization 'advanced': typed arrays stay typed arrays.
 */

/**
 * Flags of Node for a trainer process. V8 lets the young generation grow to 32 MiB (two halves of 16) in a long run; here it stays
 * at half of that. Training leaves nothing but short-lived garbage, so more room saves little time.
 */
export const TRAINER_FLAGS: readonly string[] = ['--max-semi-space-size=8'];

/** What the user may override for one run without touching the config. */
export interface RunOptions {
  /** Absolute path of the config file. */
  configFile: string;
  /** Text of the config; default: read from the file. The editor sends its (possibly unsaved) document. */
  configText?: string;
  steps?: number;
  engine?: 'auto' | 'tensorflow' | 'wasm' | 'cpu';
  seed?: number;
  onTrouble?: 'pause' | 'stop' | 'continue';
  /** Directory of the run log; default .gradwatch/runs/<time>-<config name>/ beside the config. */
  runDir?: string;
  /** data.module and model.module may run. */
  trusted: boolean;
  /** Folder of a native TensorFlow installation, where the user set one. */
  tensorflowPath?: string;
}

/** A change of the config, to be applied to the run that goes on. The config file is not touched. */
export interface LiveChange {
  edits: LiveEdit[];
  /** From the step the run is at, or from its last healthy one. */
  from: 'now' | 'healthy';
  /** Kind of the fix it comes from. */
  fix?: string;
  /** In words, imperative: "Clip gradients to global norm 1.0". */
  title?: string;
}

export type TrainerCommand =
  | { type: 'train'; options: RunOptions }
  | { type: 'check'; options: RunOptions }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'step' }
  /** Back to the last healthy step; the run holds there. */
  | { type: 'rollback' }
  /** Answered by a `change` event, or by `refused`. */
  | { type: 'change'; change: LiveChange }
  | { type: 'stop' }
  /** Searches for a working fix: answered by `trials` messages. `stop` cancels. */
  | { type: 'find-fix'; request: TrialsRequest }
  /** One trial: as `train`, without a log and at low priority, to the given number of updates; answered by `standing` messages. */
  | { type: 'trial'; options: RunOptions; upTo: number; frames?: boolean }
  /** A trial that waits goes on to this number of updates. */
  | { type: 'go-on'; upTo: number };

export type TrainerMessage =
  | { type: 'ready' }
  | { type: 'event'; event: RunEvent }
  | { type: 'frames'; batch: FrameBatch }
  | { type: 'trials'; message: TrialsMessage }
  | { type: 'standing'; standing: TrialStanding }
  /** A trial is under way: updates made, a few times a second. */
  | { type: 'at-step'; steps: number }
  /** A change was not taken: the ErrorData of an AppError. The run goes on as it was. */
  | { type: 'refused'; error: unknown }
  /** `error` is the ErrorData of an AppError. */
  | { type: 'error'; error: unknown }
  | { type: 'log'; level: 'info' | 'warn' | 'error' | 'debug'; text: string };
