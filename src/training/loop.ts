import type { Frame } from '../telemetry/events.js';
import type { BatchSource } from './batches.js';
import { type Activity, ACTIVITY_ROWS, activityDue, withActivity } from './probes/activations.js';
import { measureOvershoot, overshootDue } from './probes/overshoot.js';
import type { Progress } from './progress.js';
import { Sampling, type SamplingPlan } from './sampling.js';
import type { LearningRate } from './schedule.js';
import type { Batch, Proposal, ProposeOptions, Stepper } from './stepper.js';

export interface TrainingPlan extends SamplingPlan {
  stepper: Stepper;
  batches: BatchSource;
  learningRate: LearningRate;
  epochs: number;
  /** Hard limit on the updates; Infinity where there is none. */
  steps: number;
}

/** What to do with a proposed update. */
export type Verdict = 'commit' | 'hold' | 'stop';

/** Whom the loop works for: it hears of everything and decides. */
export interface LoopHost {
  /** Before each step: lets others run, waits while paused. True: stop here. */
  gate(step: number): Promise<boolean>;
  /** Risk 0..1 as of the last frame. */
  readonly risk: number;
  /** Judges and reports a sampled step before its update is applied. */
  judge(frame: Frame): Verdict;
  /** Waits while the update of this step is held back. True: stop, it is never applied. */
  hold(step: number): Promise<boolean>;
  /** After the last step of an epoch. True: stop here. */
  epochEnd(progress: Progress): Promise<boolean>;
}

export type LoopEnd = 'finished' | 'stopped' | 'trouble';

/** Trains to the end of the plan, or until the host says stop. `progress` tells how far it came. */
export async function train(plan: TrainingPlan, host: LoopHost, progress: Progress): Promise<LoopEnd> {
  const { stepper, batches, learningRate } = plan;
  const sampling = new Sampling(plan);
  let lastLook: number | null = null;

  for (let epoch = 0; epoch < plan.epochs; epoch++) {
    progress.startEpoch(epoch);
    for (const batch of batches.epoch(epoch)) {
      const step = progress.steps;
      if (step >= plan.steps) return 'finished';
      if (await host.gate(step)) return 'stopped';

      const options = { learningRate: learningRate.at(step), step, ...sampling.at(step, host.risk) };
      const looks = options.due === true && activityDue(step, lastLook, host.risk);
      const activity = looks ? stepper.activity(batches.spread(ACTIVITY_ROWS), step) : [];
      if (looks) lastLook = step;
      const proposal = propose(stepper, batch, options);
      progress.measured(proposal);

      const verdict =
        proposal.layers === null ? 'commit' : host.judge(describe(plan, host, batch, proposal, { ...options, epoch, activity }));
      if (verdict !== 'commit') {
        stepper.discard();
        if (verdict === 'stop') return 'trouble';
        if (await host.hold(step)) return 'stopped';
        // The same step again: batch, noise and state are what they were.
        stepper.propose(batch, options);
      }
      stepper.commit();
      progress.updated(proposal, batch.rows);
    }
    learningRate.epochEnd(progress.epochLoss);
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

interface Moment extends ProposeOptions {
  epoch: number;
  activity: readonly (Activity | undefined)[];
}

function describe(plan: TrainingPlan, host: LoopHost, batch: Batch, proposal: Proposal, moment: Moment): Frame {
  const { step, epoch, learningRate, activity } = moment;
  const { loss, globalGradNorm, clippedGradNorm } = proposal;
  const overshoot = overshootDue(step, host.risk) ? measureOvershoot(plan.stepper, batch, proposal, step) : null;
  const layers = withActivity(proposal.layers ?? [], activity);
  return { step, epoch, loss, learningRate, globalGradNorm, clippedGradNorm, overshoot, risk: 0, riskEvidence: [], layers };
}
