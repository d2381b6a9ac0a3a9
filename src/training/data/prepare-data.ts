import type { Config } from '../../config/config-schema.js';
import type { Dataset, PreparedData } from './dataset.js';
import { encodeInputs } from './encode-inputs.js';
import { encodeTargets } from './encode-targets.js';
import { loadSource } from './load-source.js';
import { selectRows } from './select-rows.js';

export interface PrepareOptions {
  /** Paths in the config are relative to this file. */
  configFile: string;
  /** Seed of the shuffle before the split: `training.seed`, or what replaces it. */
  seed: number;
  /** Whether code of the workspace (data.module) may run. */
  trusted: boolean;
  /** The TensorFlow.js namespace handed to a data module. */
  tf?: unknown;
}

/**
 * Reads the data of a config and makes it ready for the model: rows selected and split, inputs scaled and encoded,
 * targets encoded to what the loss needs. The same config, file and seed give the same numbers.
 *
 * Throws AppError. Where `place.file` is set, `file` and `line` are in the data file and `path` is the config key that leads
 * there; where it is not, `path` is the key to correct in the config.
 */
export async function prepareData(config: Config, options: PrepareOptions): Promise<PreparedData> {
  const source = await loadSource(config.data, { configFile: options.configFile, trusted: options.trusted, tf: options.tf });
  const split = selectRows(source, config.data, options.seed);
  const targets = encodeTargets(source, split, config);
  const inputs = encodeInputs(source, split, config.data);
  const dataset = (part: 'train' | 'validation'): Dataset => ({
    rows: split[part].length,
    inputShape: inputs.shape,
    inputs: inputs[part],
    targetShape: targets.shape,
    targets: targets[part],
  });
  return {
    train: dataset('train'),
    validation: split.validation.length === 0 ? null : dataset('validation'),
    features: inputs.stats,
    targets: targets.stats,
    classNames: targets.classNames,
    outputUnits: targets.outputUnits,
    droppedRows: split.dropped,
  };
}
