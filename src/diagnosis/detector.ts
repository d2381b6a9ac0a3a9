import type { Config } from '../config/config-schema.js';
import type { FindingId } from '../config/finding-ids.js';
import type { EndEvent, EpochEvent, Evidence, FindingEvent, Frame, StartEvent } from '../telemetry/events.js';
import type { RowLoss } from './batch-rows.js';
import type { Memory } from './memory.js';
import type { PreflightReport } from './preflight-report.js';
import type { Vitals } from './vitals.js';

/** What a detector may know beside the frames. */
export interface DiagnosisContext {
  config: Config;
  start: StartEvent;
  /** Null where a recorded or imported run has none. */
  preflight: PreflightReport | null;
  /**
   * The losses of the single rows of the batch whose frame is judged now, before its update. Costs a forward pass per row: to be asked
   * at a finding only. Missing, or empty, where the rows are not at hand.
   */
  rows?: () => readonly RowLoss[];
}

/** What a detector is given: the run, and the numbers of its frames that all detectors share. */
export interface DetectorContext extends DiagnosisContext {
  readonly vitals: Vitals;
  /** Whatever a detector remembers between frames is kept here, under its id. */
  readonly memory: Memory;
}

/** The judgement of one detector at one frame. */
export interface Judgement {
  finding?: FindingEvent;
  /** 0..1 */
  risk?: number;
  /** The evidence behind the risk, shown even while it is calm. */
  evidence?: Evidence[];
}

/**
 * Judges a run by its numbers. A detector is a pure function of them: the same code serves a live run, a recorded
 * run and an imported log. State is small, explicit and in the care of `memory`; a verdict latches.
 */
export interface Detector {
  readonly id: FindingId;
  /** What the config alone proves; runs as you type. */
  check?(config: Config): FindingEvent[];
  create?(context: DetectorContext): DetectorRun;
}

export interface DetectorRun {
  /** Judges the pre-flight, before the first frame. */
  preflight?(report: PreflightReport): FindingEvent[];
  /** Judges one frame, before its update is applied. */
  frame?(frame: Frame): Judgement | null;
  epoch?(epoch: EpochEvent): FindingEvent | null;
  end?(end: EndEvent): FindingEvent | null;
}
