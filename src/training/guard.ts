import type { Frame } from '../telemetry/events.js';
import type { Moment } from './course.js';
import { SOME_RISK } from './risk-levels.js';
import type { JudgeState } from './run-judge.js';

/** A step the run can go back to, and what was known of the run then. */
export interface Kept {
  readonly moment: Moment;
  readonly known: JudgeState;
}

/** Frames without risk that must follow a moment before it counts as healthy. */
export const CONFIRMING_FRAMES = 8;
const FIRST_DISTANCE = 8;

/**
 * Keeps the last healthy moment of a run: one followed by 8 frames in a row whose risk was low and whose numbers were all
 * finite. The start of the run counts as healthy, since nothing comes before it.
 *
 * Memory: at most two moments, the healthy one and one that waits to be confirmed, each a set of weights, optimizer moments and
 * running averages. A moment shares its tensors with the run until the next update replaces them; nothing is copied. Both follow
 * from the numbers of the run alone, so the same run keeps the same steps.
 */
export class Guard {
  private kept: Kept | null = null;
  private candidate: Kept | null = null;
  private confirmations = 0;
  private lastCapture = -Infinity;
  private calm = true;

  /** `every`: steps between two captures, at least. */
  constructor(
    private readonly every: number,
    private readonly capture: () => Kept,
  ) {}

  /** The last healthy moment; null before the first step. */
  get healthy(): Kept | null {
    return this.kept;
  }

  /** Whether the moment before `step` is to be kept. */
  isDue(step: number): boolean {
    return this.kept === null || (this.candidate === null && this.calm && step - this.lastCapture >= this.distance);
  }

  /** Steps from one capture to the next: most explosions happen early, so at the start they double from 8 on. */
  private get distance(): number {
    return Math.min(this.every, Math.max(FIRST_DISTANCE, this.lastCapture));
  }

  /** Between two steps, before `step` is made, where it is due. */
  keep(step: number): void {
    const moment = this.capture();
    this.lastCapture = step;
    this.confirmations = 0;
    if (this.kept === null) this.kept = moment;
    else this.candidate = moment;
  }

  /** A step was judged. */
  judged(frame: Frame, risk: number): void {
    this.calm = risk < SOME_RISK && isFinite(frame);
    if (!this.calm) this.dropCandidate();
    if (this.candidate === null) return;
    this.confirmations += 1;
    if (this.confirmations < CONFIRMING_FRAMES) return;
    this.kept?.moment.weights.dispose();
    this.kept = this.candidate;
    this.candidate = null;
  }

  /** The run goes back to the healthy moment. */
  returned(): void {
    this.dropCandidate();
    this.calm = true;
    this.lastCapture = this.kept?.moment.step ?? -Infinity;
  }

  dispose(): void {
    this.dropCandidate();
    this.kept?.moment.weights.dispose();
    this.kept = null;
  }

  private dropCandidate(): void {
    this.candidate?.moment.weights.dispose();
    this.candidate = null;
  }
}

function isFinite({ loss, globalGradNorm, layers }: Frame): boolean {
  return Number.isFinite(loss + globalGradNorm) && layers.every((layer) => layer.nonFinite === 0 && Number.isFinite(layer.weightNorm));
}
