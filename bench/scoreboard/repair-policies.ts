import type { ConfigEdit } from '../../src/config/config-path.js';
import type { Config } from '../../src/config/config-schema.js';
import { addNormalization } from '../../src/fixes/add-normalization.js';
import { hiddenLayers } from '../../src/fixes/hidden-layers.js';
import type { FindingEvent } from '../../src/telemetry/events.js';

/** A way to repair a config that looks at no trial: full runs, one after the other, until one is repaired. */
export interface RepairPolicy {
  name: string;
  /** What it would change, in its order; each a list of edits of the original. */
  attempts: (findings: readonly FindingEvent[], config: Config) => ConfigEdit[][];
}

const RATE_PATH = ['training', 'optimizer', 'learningRate'];
const clipTo1: ConfigEdit = { path: ['training', 'gradientClip'], value: { type: 'globalNorm', threshold: 1 } };
const tenth = ({ training }: Config): ConfigEdit => ({ path: RATE_PATH, value: training.optimizer.learningRate / 10 });

/** The symptom as AUTOTRAINER would name it, by what our diagnosis found first. */
type Symptom = 'explode' | 'vanish' | 'dying' | 'unstable' | 'slow';
const SYMPTOMS: Record<string, Symptom> = {
  'vanishing-gradients': 'vanish',
  'saturated-units': 'vanish',
  'dead-units': 'dying',
  'oscillating-loss': 'unstable',
  'gradient-spike': 'unstable',
  'learning-rate-low': 'slow',
  plateau: 'slow',
  'single-unit-softmax': 'slow',
  'double-softmax': 'slow',
  'output-loss-mismatch': 'slow',
};

/** One step of its list as edits; none where it changes nothing here. */
type Step = (config: Config) => ConfigEdit[];
const activation =
  (name: string): Step =>
  (config) =>
    onHidden(config, 'activation', name);
const initializer: Step = (config) => onHidden(config, 'kernelInitializer', 'heUniform');
const normalization: Step = (config) => addNormalization.make({ evidence: {} } as FindingEvent, config)[0]?.edits ?? [];
const clip: Step = () => [clipTo1];
const adam: Step = () => [{ path: ['training', 'optimizer'], value: { type: 'adam', learningRate: 0.001 } }];
const lowerRate: Step = (config) => [tenth(config)];
const batch: Step = ({ training }) => [{ path: ['training', 'batchSize'], value: 2 * training.batchSize }];
const momentum: Step = () => [{ path: ['training', 'optimizer'], value: { type: 'sgd', learningRate: 0.01, momentum: 0.9 } }];

/**
 * The order of AUTOTRAINER's repairs, strategy "balance", each tried once by full retraining: Zhang, Zhai, Ma, Shen,
 * "AUTOTRAINER: An Automatic DNN Training Problem Detection and Repair System", ICSE 2021, and the lists of its published code.
 * Its noise layers are left out: it has no value for them that would fit every case.
 */
const AUTOTRAINER: Record<Symptom, Step[]> = {
  vanish: [activation('selu'), activation('relu'), normalization],
  explode: [activation('selu'), activation('relu'), clip, activation('tanh'), normalization],
  dying: [activation('selu'), normalization, initializer],
  unstable: [adam, lowerRate, batch, momentum, initializer],
  slow: [adam, lowerRate, initializer],
};

export const POLICIES: readonly RepairPolicy[] = [
  { name: 'always clip to norm 1', attempts: () => [[clipTo1]] },
  { name: 'always a tenth of the learning rate', attempts: (_findings, config) => [[tenth(config)]] },
  {
    name: "AUTOTRAINER's order",
    attempts: (findings, config) => {
      const serious = findings.find(({ severity }) => severity !== 'info');
      const symptom = SYMPTOMS[serious?.id ?? ''] ?? 'explode';
      return AUTOTRAINER[symptom].map((step) => step(config)).filter((edits) => edits.length > 0);
    },
  },
];

function onHidden(config: Config, key: string, value: string): ConfigEdit[] {
  return hiddenLayers(config).map(({ index }) => ({ path: ['model', 'layers', index, key], value }));
}
