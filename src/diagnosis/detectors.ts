import { badData } from './bad-data.js';
import { badInitialization } from './bad-initialization.js';
import { clippingTooOften } from './clipping-too-often.js';
import { deadUnits } from './dead-units.js';
import type { Detector } from './detector.js';
import { doubleSoftmax } from './double-softmax.js';
import { explodedThenDead } from './exploded-then-dead.js';
import { explodingGradients } from './exploding-gradients.js';
import { explosionRisk } from './explosion-risk.js';
import { gradientSpike } from './gradient-spike.js';
import { learningRateHigh } from './learning-rate-high.js';
import { learningRateLow } from './learning-rate-low.js';
import { modelTooComplex } from './model-too-complex.js';
import { nonFinite } from './non-finite.js';
import { oscillatingLoss } from './oscillating-loss.js';
import { outputLossMismatch } from './output-loss-mismatch.js';
import { overfitting } from './overfitting.js';
import { plateau } from './plateau.js';
import { saturatedUnits } from './saturated-units.js';
import { singleUnitSoftmax } from './single-unit-softmax.js';
import { tooLittleData } from './too-little-data.js';
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
  badData,
  badInitialization,
  learningRateHigh,
  nonFinite,
  explodingGradients,
  explosionRisk,
  explodedThenDead,
  gradientSpike,
  oscillatingLoss,
  vanishingGradients,
  deadUnits,
  saturatedUnits,
  learningRateLow,
  clippingTooOften,
  modelTooComplex,
  tooLittleData,
  overfitting,
  plateau,
];
