import type { ConfigPath } from '../config/config-path.js';
import { hasPenalty, LEARNING_RATE_PATH } from './config-facts.js';
import type { DetectorContext } from './detector.js';
import { initializerPath, narrowLayer } from './explosion-cause.js';
import { CAUSES } from './finding.js';
import type { Vitals } from './vitals.js';

/** Norm of all weights / the first one: a penalty, not learning, has shrunk them so far. */
const SHRUNK = 0.1;
/** Norm of an update / norm of all weights that can carry units out of the data: learning runs stay below 0.15. */
const LARGE_UPDATE = 0.3;

export interface StandstillCause {
  cause: string;
  at: ConfigPath;
  fixes: string[];
}

/**
 * Why a net, or a part of it, passes no gradient, where that is not the activations' own doing: updates that were too large, a penalty
 * that has shrunk the weights to under a tenth, or first weights so small that the signal is lost on its way. Null where it is none
 * of them.
 */
export function standstillCause({ vitals, config, start }: DetectorContext, wasAlive: boolean): StandstillCause | null {
  if (isKilledByUpdates(vitals, wasAlive))
    return {
      cause: CAUSES.hasty,
      at: LEARNING_RATE_PATH,
      fixes: ['lower-learning-rate', 'clip-gradients', 'warm-up', 'change-initializer'],
    };
  if (vitals.weightShare < SHRUNK && hasPenalty(config))
    return { cause: CAUSES.penalty, at: ['model'], fixes: ['change-optimizer', 'change-activation', 'change-initializer'] };
  const narrow = vitals.report === null ? null : narrowLayer(vitals.report.signal);
  if (narrow === null) return null;
  const at = initializerPath(config, start, narrow.layer);
  return { cause: CAUSES.narrow, at, fixes: ['change-initializer', 'add-normalization', 'change-activation'] };
}

/**
 * A part of the net that passed gradient at the start has lost it, after updates as large as a third of the weights: they, not the
 * architecture or the first weights, are the cause.
 */
export function isKilledByUpdates(vitals: Vitals, wasAlive: boolean): boolean {
  return wasAlive && (vitals.exploded || vitals.largestUpdateRatio > LARGE_UPDATE);
}
