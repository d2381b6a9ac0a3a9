import { badInitialization } from './bad-initialization.js';
import { deadUnits } from './dead-units.js';
import type { Detector } from './detector.js';
import { doubleSoftmax } from './double-softmax.js';
import { explodedThenDead } from './exploded-then-dead.js';
import { explodingGradients } from './exploding-gradients.js';
import { explosionRisk } from './explosion-risk.js';
import { learningRateHigh } from './learning-rate-high.js';
import { learningRateLow } from './learning-rate-low.js';
import { nonFinite } from './non-finite.js';
import { outputLossMismatch } from './output-loss-mismatch.js';
import { plateau } from './plateau.js';
import { saturatedUnits } from './saturated-units.js';
import { singleUnitSoftmax } from './single-unit-softmax.js';
import { unscaledInputs } from './unscaled-inputs.js';
import { unscaledTarget } from './unscaled-target.js';
import { vanishingGradients } from './vanishing-gradients.js';

/** Every detector: what the config proves, then causes, then symptoms. Findings and fixes appear in this order. */
export const DETECTORS: readonly Detector[] = [
  singleUnitSoftmax,
  doubleSoftmax,
  outputLossMismatch,
  unscaledInputs,
  unscaledTarget,
  badInitialization,
  learningRateHigh,
  nonFinite,
  explodingGradients,
  explosionRisk,
  explodedThenDead,
  vanishingGradients,
  deadUnits,
  saturatedUnits,
  learningRateLow,
  plateau,
];
