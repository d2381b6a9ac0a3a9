import { addDropout } from './add-dropout.js';
import { addL1 } from './add-l1.js';
import { addL2 } from './add-l2.js';
import { addNormalization } from './add-normalization.js';
import { changeActivation } from './change-activation.js';
import { changeInitializer } from './change-initializer.js';
import { changeOptimizer } from './change-optimizer.js';
import { changeOutput } from './change-output.js';
import { cleanData } from './clean-data.js';
import { clipGradients } from './clip-gradients.js';
import { decayLearningRate } from './decay-learning-rate.js';
import { earlyStop } from './early-stop.js';
import type { FixKind } from './fix.js';
import { increaseBatch } from './increase-batch.js';
import { limitData } from './limit-data.js';
import { lowerLearningRate } from './lower-learning-rate.js';
import { raiseLearningRate } from './raise-learning-rate.js';
import { scaleInputs } from './scale-inputs.js';
import { scaleTarget } from './scale-target.js';
import { simplifyModel } from './simplify-model.js';
import { warmUp } from './warm-up.js';

/** Every kind of fix. */
export const FIX_KINDS: readonly FixKind[] = [
  changeOutput,
  cleanData,
  limitData,
  scaleInputs,
  scaleTarget,
  changeInitializer,
  changeActivation,
  addNormalization,
  lowerLearningRate,
  raiseLearningRate,
  clipGradients,
  decayLearningRate,
  warmUp,
  increaseBatch,
  changeOptimizer,
  simplifyModel,
  addDropout,
  addL2,
  addL1,
  earlyStop,
];
