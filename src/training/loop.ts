import type { RowLoss } from '../diagnosis/batch-rows.js';
import type { Frame } from '../telemetry/events.js';
import { Course, type TrainingPlan } from './course.js';
import { type Activity, ACTIVITY_ROWS, activityDue, withActivity } from './probes/activations.js';
import { measureOvershoot, overshootDue } from './probes/overshoot.js';
import { rowLosses } from './probes/row-losses.js';
import type { Progress } from './progress.js';
import type { Batch, Proposal, ProposeOptions, Stepper } from './stepper.js';

/** What to do with a proposed update. */
export type Verdict = 'commit' | 'hold' | 'stop';

/** What to do next: this step, nothing any more, or another step, to which the course was rewound. */
export type Word = 'go' | 'stop' | 'rewound';

/** Whom the loop works for: it hears of everything and decides. */
export interface LoopHost {
  /** Once, before the first step: how far the training is, and how to go back. */
  begin?(course: Course): void;
  /** Before each step: lets others run, waits while paused. */
  gate(step: number): Promise<Word>;
  /** Risk 0..1 as of the last frame. */
  readonly risk: number;
  /** Judges and reports a sampled step before its update is applied. `rows` tells the losses of the single rows of its batch. */
  judge(frame: Frame, rows: () => readonly RowLoss[]): Verdict;
  /** Waits while the update of this step is held back. After `stop` or `rewound` it is never applied. */
  hold(step: number): Promise<Word>;
  /** After the last step of an epoch. True: stop here. */
  epochEnd(progress: Progress): Promise<boolean>;
}

export type LoopEnd = 'finished' | 'stopped' | 'trouble';

/** Trains to the end of the plan, or until the host says stop. `progress` tells how far it came. */
export async function train(plan: TrainingPlan, host: LoopHost, progress: Progress): Promise<LoopEnd> {
  const { stepper, batches } = plan;
  const course = new Course(plan, progress);
  host.begin?.(course);

  for (let leg = course.next(); leg !== null; leg = course.next()) {
    const { step, epoch, batch } = leg;
    const word = await host.gate(step);
    if (word === 'stop') return 'stopped';
    if (word === 'rewound') continue;

    const options = course.sampling.at(step, host.risk, plan.learningRate.at(step));
    const looks = options.due === true && activityDue(step, course.lastLook, host.risk);
    const activity = looks ? stepper.activity(batches.spread(ACTIVITY_ROWS), step) : [];
    if (looks) course.lastLook = step;
    let proposal = propose(stepper, batch, options);
    progress.measured(proposal);

    const verdict =
      proposal.layers === null
        ? 'commit'
        : host.judge(describe(plan, host, batch, proposal, options, epoch, activity), rowsOf(stepper, batch, options));
    if (verdict !== 'commit') {
      stepper.discard();
      if (verdict === 'stop') return 'trouble';
      const next = await host.hold(step);
      if (next === 'stop') return 'stopped';
      if (next === 'rewound') continue;
      // The same step again: batch, noise and state are what they were; rate and clipping may have been changed meanwhile.
      proposal = stepper.propose(batch, { ...options, learningRate: plan.learningRate.at(step) });
    }
    stepper.commit();
    progress.updated(proposal, batch.rows);
    if (!leg.endsEpoch) continue;
    plan.learningRate.epochEnd(progress.epochLoss);
    if (await host.epochEnd(progress)) return 'stopped';
  }
  return 'finished';
}

/** A step that went wrong is always sampled. */
function propose(stepper: Stepper, batch: Batch, options: ProposeOptions): Proposal {
  const proposal = stepper.propose(batch, options);
  const { layers, globalGradNorm, loss } = proposal;
  if (layers !== null || Number.isFinite(globalGradNorm + loss) || options.unwatched === true) return proposal;
  stepper.discard();
  return stepper.propose(batch, { ...options, sample: true });
}

/** The losses of the rows of the batch whose update is open, once: several findings of one step ask for them. */
function rowsOf(stepper: Stepper, batch: Batch, options: ProposeOptions): () => readonly RowLoss[] {
  let losses: readonly RowLoss[] | null = null;
  return () => (losses ??= measureRows(stepper, batch, options));
}

/** At the weights before the update. It is open again afterwards: the same step again is the same step. */
function measureRows(stepper: Stepper, batch: Batch, options: ProposeOptions): RowLoss[] {
  stepper.discard();
  const losses = rowLosses(stepper, batch);
  stepper.propose(batch, { ...options, sample: true });
  return losses;
}

function describe(
  plan: TrainingPlan,
  host: LoopHost,
  batch: Batch,
  proposal: Proposal,
  { step, learningRate }: ProposeOptions,
  epoch: number,
  activity: readonly (Activity | undefined)[],
): Frame {
  const { loss, globalGradNorm, clippedGradNorm } = proposal;
  const overshoot = overshootDue(step, host.risk) ? measureOvershoot(plan.stepper, batch, proposal, step) : null;
  const layers = withActivity(proposal.layers ?? [], activity);
  return { step, epoch, loss, learningRate, globalGradNorm, clippedGradNorm, overshoot, risk: 0, riskEvidence: [], layers };
}
