import type { ConfigEdit } from '../config/config-path.js';
import type { Config } from '../config/config-schema.js';
import { outputOf, type OutputFacts } from '../diagnosis/config-facts.js';
import { EVIDENCE } from '../diagnosis/finding.js';
import type { FindingEvent } from '../telemetry/events.js';
import { evidenceNumber } from './evidence-number.js';
import type { Fix, FixKind } from './fix.js';

/** A change of output and loss that fit each other. */
interface OutputChange {
  title: string;
  why: string;
  edits: ConfigEdit[];
}

/**
 * Makes the output fit the loss: one of two softmaxes is removed, a softmax over one unit becomes a sigmoid under binary
 * crossentropy, a crossentropy gets what it expects, a regression gets a linear output.
 * Only for models given as layers: the output of others is not in the config.
 */
export const changeOutput: FixKind = {
  id: 'change-output',
  make(finding, config) {
    const output = outputOf(config);
    if (output === null) return [];
    const changes = changesFor(finding, config, output).filter(({ edits }) => edits.length > 0);
    return changes.map((change): Fix => ({ id: 'change-output', ...change, live: false }));
  },
};

function changesFor(finding: FindingEvent, config: Config, output: OutputFacts): OutputChange[] {
  if (finding.id === 'single-unit-softmax') return [singleUnit(finding, config, output)];
  if (finding.id === 'double-softmax') return [doubleSoftmax(config, output)];
  switch (finding.evidence['rule']) {
    case 'one-unit-categorical':
      return [singleUnit(finding, config, output)];
    case 'not-probabilities':
    case 'not-logits':
      return [toLogits(config, output)];
    case 'target-out-of-range':
    case 'target-not-probability':
      return [toRegression(config, output)];
    default:
      return [];
  }
}

/** Sigmoid with binary crossentropy for two classes; a linear output where the target is clearly a number. */
function singleUnit(finding: FindingEvent, config: Config, output: OutputFacts): OutputChange {
  const low = evidenceNumber(finding, EVIDENCE.targetMin);
  const high = evidenceNumber(finding, EVIDENCE.targetMax);
  const classes = evidenceNumber(finding, EVIDENCE.targetClasses);
  if (classes !== null && classes > 2) return toClasses(config, output, classes);
  const isNumber = classes === null && low !== null && high !== null && (low < 0 || high > 1);
  if (isNumber) return toRegression(config, output);
  return {
    title: 'Use a sigmoid output with binary crossentropy',
    why: 'A softmax over one unit is always 1; a sigmoid over one unit is the probability of the second of two classes.',
    edits: [...activationEdits(config, output, 'sigmoid'), ...lossEdits(config, 'binaryCrossentropy', false)],
  };
}

function toClasses(config: Config, output: OutputFacts, classes: number): OutputChange {
  const type = config.training.loss.type === 'sparseCategoricalCrossentropy' ? config.training.loss.type : 'categoricalCrossentropy';
  return {
    title: `Use ${classes} output units, one per class`,
    why: `The target has ${classes} classes, and a softmax needs one unit for each.`,
    edits: [
      { path: ['model', 'layers', output.weightsIndex, 'units'], value: classes },
      ...activationEdits(config, output, 'linear'),
      ...lossEdits(config, type, true),
    ],
  };
}

/** The softmax stays where it is computed together with the loss; of two layers the first one goes. */
function doubleSoftmax(config: Config, output: OutputFacts): OutputChange {
  const [first, second] = output.softmax;
  if (second !== undefined && first !== undefined && !config.training.loss.fromLogits) {
    return {
      title: 'Remove the first of the two softmaxes',
      why: 'Softmax of a softmax cannot pass e ÷ (e + n - 1); one softmax turns logits into probabilities.',
      edits: activationEdits(config, { ...output, index: first }, 'linear'),
    };
  }
  const edits = output.softmax.flatMap((index) => activationEdits(config, { ...output, index }, 'linear'));
  return {
    title: 'Remove the softmax of the output layer',
    why: 'With fromLogits the loss applies the softmax itself, which is also exact for large logits.',
    edits,
  };
}

/** Linear output, softmax or sigmoid inside the loss: right for every crossentropy, and exact for large logits. */
function toLogits(config: Config, output: OutputFacts): OutputChange {
  const { type } = config.training.loss;
  const inside = type === 'binaryCrossentropy' ? 'sigmoid' : 'softmax';
  return {
    title: `Use a linear output and let the loss apply the ${inside}`,
    why: `${type} needs probabilities; with fromLogits it applies the ${inside} itself to any output.`,
    edits: [...activationEdits(config, output, 'linear'), ...lossEdits(config, type, true)],
  };
}

function toRegression(config: Config, output: OutputFacts): OutputChange {
  const { type } = config.training.loss;
  const regression = ['meanSquaredError', 'meanAbsoluteError', 'huber', 'logCosh'].includes(type);
  return {
    title: regression ? 'Use a linear output' : 'Use a linear output with mean squared error',
    why: 'The target is a number, and only a linear output can reach every number.',
    edits: [...activationEdits(config, output, 'linear'), ...(regression ? [] : lossEdits(config, 'meanSquaredError', false))],
  };
}

/** Sets the activation of the layer that carries it; a layer that is nothing but an activation is replaced. */
function activationEdits(config: Config, output: OutputFacts, activation: 'linear' | 'sigmoid'): ConfigEdit[] {
  const layer = config.model.layers?.[output.index];
  if (layer === undefined || output.activation === activation) return [];
  const path = ['model', 'layers', output.index];
  if (layer.type === 'timeDistributed') return [{ path: [...path, 'layer', 'activation'], value: activation }];
  if (layer.type === 'activation') return [{ path: [...path, 'activation'], value: activation }];
  if (!('activation' in layer)) {
    if (['softmax', 'reLU', 'thresholdedReLU'].includes(layer.type)) return [{ path, value: { type: 'activation', activation } }];
    return [{ path: [...path, 'activation'], value: activation }];
  }
  return activation === 'linear'
    ? [{ path: [...path, 'activation'], remove: true }]
    : [{ path: [...path, 'activation'], value: activation }];
}

function lossEdits(config: Config, type: string, fromLogits: boolean): ConfigEdit[] {
  const { loss } = config.training;
  if (loss.type === type && loss.fromLogits === fromLogits) return [];
  return [{ path: ['training', 'loss'], value: fromLogits ? { type, fromLogits } : type }];
}
