import type { Detector } from './detector.js';
import { doubleSoftmax } from './double-softmax.js';
import { explodingGradients } from './exploding-gradients.js';
import { explosionRisk } from './explosion-risk.js';
import { learningRateHigh } from './learning-rate-high.js';
import { nonFinite } from './non-finite.js';
import { outputLossMismatch } from './output-loss-mismatch.js';
import { singleUnitSoftmax } from './single-unit-softmax.js';
import { unscaledInputs } from './unscaled-inputs.js';

/** Every detector, in the order its findings appear: what is wrong with the config, then causes, then symptoms. */
export const DETECTORS: readonly Detector[] = [
  singleUnitSoftmax,
  doubleSoftmax,
  outputLossMismatch,
  nonFinite,
  explodingGradients,
  explosionRisk,
  unscaledInputs,
  learningRateHigh,
];
