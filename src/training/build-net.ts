import type { Config } from '../config/config-schema.js';
import type { BatchSource } from './batches.js';
import type { PreparedData } from './data/dataset.js';
import { chooseNative, type NativeVerdict } from './engine/native/choose-native.js';
import type { TensorflowSources } from './engine/native/find-package.js';
import { returnToWasm, selectEngine, type SelectedEngine } from './engine/select-engine.js';
import { makeStepper } from './make-stepper.js';
import { buildModel, type BuildOptions, type BuiltModel } from './model/build-model.js';
import { createLearningRate } from './schedule.js';
import type { Batch, Stepper } from './stepper.js';

/** A model that is ready to be trained, on the engine that trains it. */
export interface Net {
  engine: SelectedEngine;
  built: BuiltModel;
  stepper: Stepper;
}

export interface NetParts {
  config: Config;
  data: PreparedData;
  batches: BatchSource;
  /** The engine that `training.engine` selected. */
  engine: SelectedEngine;
  options: BuildOptions;
  sources: TensorflowSources;
}

/** Batches the engines are timed on. */
const TIMED_BATCHES = 2;

/**
 * Builds the model. With `training.engine` "auto" and a native TensorFlow installed, that is where the model is built again if it
 * measures faster there: initial weights are the same on every engine.
 */
export async function buildNet(parts: NetParts): Promise<Net> {
  const net = await buildOn(parts, parts.engine);
  if (parts.config.training.engine !== 'auto' || parts.engine.engine !== 'wasm') return net;
  const verdict = await judge(parts, net.stepper);
  if (verdict === null) return net;
  const { reason } = verdict;
  if (verdict.engine !== 'tensorflow') return { ...net, engine: { ...net.engine, reason } };
  try {
    await selectEngine('tensorflow', { tensorflowPath: verdict.found.from });
  } catch (error) {
    await returnToWasm();
    return { ...net, engine: { ...net.engine, reason: `${net.engine.reason}; native TensorFlow fails: ${(error as Error).message}` } };
  }
  net.stepper.dispose();
  net.built.model.dispose();
  return buildOn(parts, { engine: 'tensorflow', reason });
}

async function buildOn({ config, data, options }: NetParts, engine: SelectedEngine): Promise<Net> {
  const { inputShape, targetShape } = data.train;
  const built = await buildModel(config, { inputShape, targetShape, outputUnits: data.outputUnits }, options);
  return { engine, built, stepper: makeStepper(config, data, built) };
}

function judge({ config, data, batches, options, sources }: NetParts, stepper: Stepper): Promise<NativeVerdict | null> {
  const { optimizer, learningRateSchedule, epochs, steps } = config.training;
  const { inputShape, targetShape } = data.train;
  return chooseNative({
    stepper,
    sources,
    plannedSteps: Math.min(steps ?? Infinity, epochs * batches.perEpoch),
    request: () => ({
      config,
      configFile: options.configFile,
      trusted: options.trusted,
      model: { inputShape, targetShape, outputUnits: data.outputUnits },
      data: { train: { inputShape, targetShape }, targets: data.targets.map(({ classes }) => ({ classes })) },
      batches: firstOf(batches),
      learningRate: createLearningRate(optimizer, learningRateSchedule).at(0),
    }),
  });
}

function firstOf(batches: BatchSource): Batch[] {
  const first: Batch[] = [];
  for (const batch of batches.epoch(0)) {
    first.push(batch);
    if (first.length === TIMED_BATCHES) break;
  }
  return first;
}
