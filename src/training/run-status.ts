import type { EndEvent, FindingEvent } from '../telemetry/events.js';
import type { LoopEnd } from './loop.js';
import type { Progress } from './progress.js';
import type { Stepper } from './stepper.js';

/** Findings that mean, at severity error, that the training is lost. */
const LOST: ReadonlySet<string> = new Set(['exploding-gradients', 'non-finite', 'explosion-risk', 'exploded-then-dead']);
/** A loss that ends so many times above its first value is lost. */
const HARM_FACTOR = 10;

interface Ending {
  end: LoopEnd;
  findings: readonly FindingEvent[];
  /** Mean loss of the last epoch or steps. */
  loss: number;
  progress: Pick<Progress, 'firstLoss'>;
  stepper: Pick<Stepper, 'weightsAreFinite'>;
}

/** What became of a run. */
export function statusOf({ end, findings, loss, progress, stepper }: Ending): Exclude<EndEvent['status'], 'failed'> {
  if (end === 'stopped') return 'stopped';
  const lost = findings.some((finding) => finding.severity === 'error' && LOST.has(finding.id));
  if (end === 'trouble') return lost ? 'diverged' : 'stopped';
  const harmed = lost && Math.abs(loss) > HARM_FACTOR * Math.abs(progress.firstLoss);
  return !Number.isFinite(loss) || harmed || !stepper.weightsAreFinite() ? 'diverged' : 'completed';
}
