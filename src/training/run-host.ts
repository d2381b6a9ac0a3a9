import { AppError } from '../config/app-error.js';
import type { RowLoss } from '../diagnosis/batch-rows.js';
import type { EndEvent, Frame } from '../telemetry/events.js';
import type { LiveChange } from '../telemetry/trainer-protocol.js';
import type { Course } from './course.js';
import { EvaluationCancelled, evaluateDataset } from './evaluate.js';
import { Guard, type Kept } from './guard.js';
import { LiveConfig } from './live-config.js';
import type { LoopHost, Verdict, Word } from './loop.js';
import type { Progress } from './progress.js';
import type { RunControl, Wish } from './run-control.js';
import type { RunJudge } from './run-judge.js';
import type { RunOutbox } from './run-outbox.js';
import type { PreparedRun } from './run-setup.js';
import type { RunStates } from './run-states.js';
import type { StopWatch } from './stop-watch.js';

export interface HostParts {
  prepared: PreparedRun;
  control: RunControl;
  outbox: RunOutbox;
  judge: RunJudge;
  states: RunStates;
  clock: StopWatch;
  /** There is nobody to resume a paused run. */
  pauseMeansStop: boolean;
  /** Asked between two steps: a promise while the run has to wait; true: stop here. */
  meet(): Promise<boolean> | null;
}

/** Stands between the loop and the user of a run: judges its frames, holds it, lets it go on, takes it back. */
export class RunHost implements LoopHost {
  private course: Course | null = null;
  private guard: Guard | null = null;
  private readonly live: LiveConfig;

  constructor(private readonly parts: HostParts) {
    this.live = new LiveConfig(parts.prepared);
  }

  get risk(): number {
    return this.parts.judge.risk;
  }

  /** The last healthy step; null before the first one. */
  get healthy(): Kept | null {
    return this.guard?.healthy ?? null;
  }

  begin(course: Course): void {
    const { judge, prepared } = this.parts;
    this.course = course;
    this.guard = new Guard(prepared.keepEvery, () => ({ moment: course.capture(), known: judge.save() }));
  }

  /** Between two steps. */
  async gate(step: number): Promise<Word> {
    const { clock, control, outbox } = this.parts;
    const { guard } = this;
    if (guard?.isDue(step) === true) clock.telemetry(() => guard.keep(step));
    control.countStep();
    const word = control.paused || control.hasWish ? await this.attend(step, 'paused') : 'go';
    await outbox.ready();
    if (await control.breathe()) return 'stop';
    const meeting = this.parts.meet();
    return meeting !== null && (await meeting) ? 'stop' : word;
  }

  /** A step is known and not yet applied. */
  judge(frame: Frame, rows: () => readonly RowLoss[]): Verdict {
    const { clock, judge } = this.parts;
    return clock.telemetry(() => {
      judge.frame(frame, rows);
      this.guard?.judged(frame, judge.risk);
      return this.react();
    });
  }

  /** The update of this step is held back. */
  hold(step: number): Promise<Word> {
    const trouble = this.parts.judge.takeTrouble();
    this.parts.control.pause();
    return this.attend(step, `paused at ${trouble?.id ?? 'trouble'}`);
  }

  /** The last step of an epoch is done. */
  async epochEnd(progress: Progress): Promise<boolean> {
    const { clock, control, outbox, judge } = this.parts;
    const validation = await this.evaluate();
    if (control.stopRequested) return true;
    const { epoch, steps: step, epochLoss: loss, metrics } = progress;
    const event = { event: 'epoch', epoch, step, loss, metrics, validation } as const;
    clock.telemetry(() => {
      outbox.event(event);
      judge.epoch(event);
    });
    return false;
  }

  /** Validation as of now; null without one, or when told to stop meanwhile. */
  async evaluate(): Promise<EndEvent['test']> {
    const { prepared, control, clock } = this.parts;
    const { data, stepper, plan } = prepared;
    if (data.validation === null) return null;
    const evaluation = evaluateDataset(stepper, data.validation, plan.batches.batchSize, () => control.breathe());
    return clock.pausedWhile(evaluation).catch((error: unknown) => {
      if (error instanceof EvaluationCancelled) return null;
      throw error;
    });
  }

  dispose(): void {
    this.guard?.dispose();
  }

  private react(): Verdict {
    const { judge, prepared, pauseMeansStop } = this.parts;
    if (judge.trouble === null) return 'commit';
    const { onTrouble } = prepared.config.watch;
    if (onTrouble === 'continue') judge.takeTrouble();
    if (onTrouble === 'continue') return 'commit';
    return onTrouble === 'pause' && !pauseMeansStop ? 'hold' : 'stop';
  }

  /** Does what the user wishes between two steps; waits while paused. */
  private async attend(step: number, reason: string): Promise<Word> {
    const { control, clock, states } = this.parts;
    let word: Word = 'go';
    if (control.paused && !control.stopRequested) states.enter('paused', step, { reason, ...this.healthyStep });
    while (!control.stopRequested) {
      await clock.pausedWhile(control.untilReleased());
      const wish = control.takeWish();
      if (wish === undefined) break;
      if (this.fulfil(wish)) word = 'rewound';
      // One that comes while the run goes on needs no pause.
      if (!control.paused && !control.hasWish) break;
    }
    if (control.stopRequested) return 'stop';
    // The step that waited here is the one a single step pays for; after a rewind it comes by the gate again.
    if (word === 'go') control.countStep();
    states.enter('running', this.step);
    return word;
  }

  /** True: the course was rewound. */
  private fulfil(wish: Wish): boolean {
    switch (wish.type) {
      case 'rollback':
        return this.rollBack();
      case 'change':
        return this.change(wish.change);
    }
  }

  /** Takes on a changed config. True: the course was rewound for it. */
  private change(change: LiveChange): boolean {
    const { judge, outbox } = this.parts;
    try {
      const changed = this.live.after(change);
      const back = change.from === 'healthy' && this.healthy !== null;
      this.live.take(changed, back ? (this.healthy?.moment.step ?? 0) : this.step);
      const rewound = back && this.rollBack();
      judge.change(changed.config);
      outbox.event({ event: 'change', step: this.step, ...change });
      return rewound;
    } catch (error) {
      if (!AppError.is(error)) throw error;
      outbox.refused(error);
      return false;
    }
  }

  /** Back to the last healthy step. False where there is none. */
  private rollBack(): boolean {
    const { judge, outbox, states } = this.parts;
    const kept = this.healthy;
    if (kept === null || this.course === null) {
      outbox.log('warn', 'There is no healthy step to go back to.');
      return false;
    }
    const { step } = this;
    const to = kept.moment.step;
    this.course.rewind(kept.moment);
    judge.restore(kept.known, to);
    this.guard?.returned();
    outbox.event({ event: 'rollback', step, to });
    if (this.parts.control.paused) states.enter('paused', to, { reason: `rolled back to step ${to}`, ...this.healthyStep, anew: true });
    return true;
  }

  private get step(): number {
    return this.course?.progress.steps ?? 0;
  }

  private get healthyStep(): { healthy?: number } {
    return this.healthy === null ? {} : { healthy: this.healthy.moment.step };
  }
}
