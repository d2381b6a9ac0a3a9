import { addL1 } from './add-l1.js';
import { addL2 } from './add-l2.js';
import { changeActivation } from './change-activation.js';
import { changeInitializer } from './change-initializer.js';
import { changeOptimizer } from './change-optimizer.js';
import { changeOutput } from './change-output.js';
import { cleanData } from './clean-data.js';
import { clipGradients } from './clip-gradients.js';
import { decayLearningRate } from './decay-learning-rate.js';
import type { FixKind } from './fix.js';
import { lowerLearningRate } from './lower-learning-rate.js';
import { raiseLearningRate } from './raise-learning-rate.js';
import { scaleInputs } from './scale-inputs.js';
import { scaleTarget } from './scale-target.js';

/** Every kind of fix. */
export const FIX_KINDS: readonly FixKind[] = [
  changeOutput,
  cleanData,
  scaleInputs,
  scaleTarget,
  changeInitializer,
  changeActivation,
  lowerLearningRate,
  raiseLearningRate,
  clipGradients,
  decayLearningRate,
  changeOptimizer,
  addL2,
  addL1,
];
