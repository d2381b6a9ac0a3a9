import type { Config } from '../config/config-schema.js';
import type { ConfigPath } from '../config/config-path.js';
import { LOSS_PATH, outputOf } from './config-facts.js';
import type { PreflightReport } from './preflight-report.js';

/** The output of the net as far as it is known: from the config's layers, or from the model the pre-flight built. */
export interface KnownOutput {
  activation: string;
  units: number | null;
  /** Config path of the layer that carries the activation. */
  at: ConfigPath;
}

/** Reads the output from the config, else from the pre-flight (models from a file or a module); null when neither tells. */
export function knownOutput(config: Config, report: PreflightReport | null): KnownOutput | null {
  const facts = outputOf(config);
  if (facts !== null) return { activation: facts.activation, units: facts.units, at: activationPath(config, facts.index) };
  if (report === null || config.model.layers !== undefined) return null;
  const { activation, units, configIndex } = report.output;
  return { activation, units, at: configIndex === null ? ['model'] : activationPath(config, configIndex) };
}

/** The activation key of a layer where it has one, the layer itself otherwise. */
export function activationPath(config: Config, index: number): ConfigPath {
  const layer = config.model.layers?.[index];
  const has = layer !== undefined && 'activation' in layer && layer.activation !== undefined;
  return ['model', 'layers', index, ...(has ? ['activation'] : [])];
}

export function isCrossentropy(config: Config): boolean {
  return config.training.loss.type.endsWith('rossentropy');
}

function isCategorical(config: Config): boolean {
  return config.training.loss.type === 'categoricalCrossentropy' || config.training.loss.type === 'sparseCategoricalCrossentropy';
}

/** What is wrong between output and loss. */
export interface Mismatch {
  /** Stable name of the rule; change-output reads it. */
  rule: MismatchRule;
  severity: 'warning' | 'error';
  message: string;
  /** One or two lines of at most 42 characters. */
  formula: string;
  at: ConfigPath;
}

export type MismatchRule = 'one-unit-categorical' | 'not-probabilities' | 'not-logits' | 'target-out-of-range' | 'target-not-probability';

/** Outputs that can be logits: anything that reaches far to both sides. */
const BOUNDED_AS_LOGITS: Record<string, string> = {
  relu: 'logits of relu are never negative',
  relu6: 'logits of relu6 stay within 0 to 6',
  sigmoid: 'logits of sigmoid stay within 0 to 1',
  hardSigmoid: 'logits of hardSigmoid stay in 0 to 1',
  tanh: 'logits of tanh stay within -1 to 1',
  softsign: 'logits of softsign stay within -1 to 1',
};

/** Outputs that are no probabilities: they can be negative, zero for all classes, or above 1. */
const NO_PROBABILITY = new Set(['linear', 'relu', 'relu6', 'elu', 'selu', 'tanh', 'softsign', 'swish', 'mish', 'gelu']);

/**
 * Rules that need only the config: a categorical loss over one unit, a crossentropy that expects probabilities and gets
 * something else, one that expects logits and gets a bounded output. Softmax where logits are expected is double-softmax.
 */
export function staticMismatch(config: Config, output: KnownOutput): Mismatch | null {
  const { loss } = config.training;
  if (!isCrossentropy(config)) return null;
  if (output.units === 1 && isCategorical(config)) {
    return {
      rule: 'one-unit-categorical',
      severity: 'error',
      message: `${loss.type} over one unit is constant: it needs one unit per class`,
      formula: 'one class: probability = 1\nloss = -ln 1 = 0 at any weights',
      at: LOSS_PATH,
    };
  }
  if (!loss.fromLogits && NO_PROBABILITY.has(output.activation)) {
    return {
      rule: 'not-probabilities',
      severity: 'warning',
      message: `${loss.type} expects probabilities, but the output is ${output.activation}`,
      formula: `-ln of a ${output.activation} output\nvalues below 1e-7 are cut: gradient 0`,
      at: output.at,
    };
  }
  const bounded = loss.fromLogits ? BOUNDED_AS_LOGITS[output.activation] : undefined;
  if (bounded === undefined) return null;
  return {
    rule: 'not-logits',
    severity: 'warning',
    message: `${loss.type} with fromLogits expects logits, but the output is ${output.activation}`,
    formula: bounded,
    at: output.at,
  };
}
