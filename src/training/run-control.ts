import { setImmediate as immediate } from 'node:timers/promises';
import type { LiveChange } from '../telemetry/trainer-protocol.js';

/** Longest time the loop works without letting messages and signals in. */
const SLICE_MS = 20;

/** Something to be done between two steps, beside going on. */
export type Wish = { type: 'rollback' } | { type: 'change'; change: LiveChange };

/** What the user wants of a run: pause, go on, one step, back to health, stop. The run asks here between its steps. */
export class RunControl {
  private stopped = false;
  private held = false;
  /** Steps to do before holding again; null while running freely. */
  private allowance: number | null = null;
  private wake: (() => void) | null = null;
  private readonly wishes: Wish[] = [];
  private sliceStart = performance.now();
  private failure: { error: unknown } | null = null;
  private tellStopping: () => void = () => undefined;
  /** Resolves when the run is told to stop, or has failed from outside. */
  readonly stopping = new Promise<void>((resolve) => {
    this.tellStopping = resolve;
  });

  get stopRequested(): boolean {
    return this.stopped;
  }

  get paused(): boolean {
    return this.held;
  }

  pause(): void {
    this.held = true;
    this.allowance = null;
  }

  resume(): void {
    this.held = false;
    this.allowance = null;
    this.wake?.();
  }

  /** One more step, then pause. */
  step(): void {
    this.held = false;
    this.allowance = 1;
    this.wake?.();
  }

  /** Back to the last healthy step, and hold there. */
  rollback(): void {
    this.pause();
    this.wishFor({ type: 'rollback' });
  }

  get hasWish(): boolean {
    return this.wishes.length > 0;
  }

  /** Other clipping, rate or penalties, from the next step on or from the last healthy one. */
  change(change: LiveChange): void {
    this.wishFor({ type: 'change', change });
  }

  /** The next wish, taken off the list; undefined where there is none. */
  takeWish(): Wish | undefined {
    return this.wishes.shift();
  }

  private wishFor(wish: Wish): void {
    this.wishes.push(wish);
    this.wake?.();
  }

  stop(): void {
    this.stopped = true;
    this.tellStopping();
    this.wake?.();
  }

  /** Something outside the loop has gone wrong, such as a timer of the user's module: the run ends in this error. */
  fail(error: unknown): void {
    this.failure ??= { error };
    this.stop();
  }

  /** Throws what `fail` was told. */
  throwFailure(): void {
    if (this.failure !== null) throw this.failure.error;
  }

  /** Lets others run when the time slice is used up. True: stop. Throws what `fail` was told. */
  async breathe(): Promise<boolean> {
    if (performance.now() - this.sliceStart >= SLICE_MS) {
      await immediate();
      this.sliceStart = performance.now();
    }
    this.throwFailure();
    return this.stopped;
  }

  /** Called before each step: holds where single steps are used up. */
  countStep(): void {
    if (this.allowance === null) return;
    if (this.allowance === 0) this.pause();
    else this.allowance -= 1;
  }

  /** Resolves when paused no more, or stopped, or wished for something. */
  async untilReleased(): Promise<void> {
    while (this.held && !this.stopped && this.wishes.length === 0) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = null;
    }
    this.throwFailure();
    this.sliceStart = performance.now();
  }
}
