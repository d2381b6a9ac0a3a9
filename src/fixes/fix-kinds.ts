import { addL1 } from './add-l1.js';
import { addL2 } from './add-l2.js';
import { changeOutput } from './change-output.js';
import { clipGradients } from './clip-gradients.js';
import { decayLearningRate } from './decay-learning-rate.js';
import type { FixKind } from './fix.js';
import { lowerLearningRate } from './lower-learning-rate.js';
import { scaleInputs } from './scale-inputs.js';

/** Every kind of fix. */
export const FIX_KINDS: readonly FixKind[] = [changeOutput, scaleInputs, lowerLearningRate, clipGradients, decayLearningRate, addL1, addL2];
