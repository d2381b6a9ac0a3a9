import path from 'node:path';
import { AppError, type ErrorPlace } from '../config/app-error.js';
import type { Config } from '../config/config-schema.js';
import { loadConfig, type ConfigDocument } from '../config/parse-config.js';
import type { PreflightReport } from '../diagnosis/preflight-report.js';
import type { StartEvent } from '../telemetry/events.js';
import type { RunOptions } from '../telemetry/trainer-protocol.js';
import { autoInterval, FIRST_STEPS, keepInterval, type StepCost } from './auto-interval.js';
import { BatchSource } from './batches.js';
import { buildNet } from './build-net.js';
import { baseline as baselineOf } from './data/baseline.js';
import type { PreparedData } from './data/dataset.js';
import { inspectRows } from './data/inspect-rows.js';
import { prepareData } from './data/prepare-data.js';
import { selectEngine } from './engine/select-engine.js';
import type { TrainingPlan } from './course.js';
import type { BuiltModel } from './model/build-model.js';
import type { Fallbacks } from './model/fallbacks.js';
import { disposeMasks } from './model/layer-parts.js';
import { saveModel } from './model/save-model.js';
import { outputStats } from './output-stats.js';
import { DRY_STEPS } from './probes/preflight.js';
import { readConfigText } from './read-config.js';
import { defaultRunDirectory } from './run-log.js';
import { createLearningRate } from './schedule.js';
import type { Batch, Stepper } from './stepper.js';
import { tf } from './tf.js';
import { VariableScope } from './variable-scope.js';

/** A run that is ready to start. */
export interface PreparedRun {
  config: Config;
  document: ConfigDocument;
  start: StartEvent;
  /** Where its log belongs. */
  directory: string;
  data: PreparedData;
  stepper: Stepper;
  plan: TrainingPlan;
  /** Steps between two moments the guard keeps, at least. */
  keepEvery: number;
  /** What does not run on our own kernels. */
  fallbacks: Fallbacks;
  /** What the pre-flight knows without measuring. */
  report: Omit<PreflightReport, 'signal' | 'dry' | 'sharpness'>;
  /** Writes the model with its present weights into a folder; the path of its model.json. */
  saveModel(directory: string): Promise<string>;
  /** The batches of the first steps. */
  firstBatches(): Batch[];
  dispose(): void;
}

type Log = (level: 'info' | 'warn', text: string) => void;

/**
 * Reads the config, prepares the data, starts the engine and builds the model.
 * Throws AppError with the line of the config (or of the data file) it is about.
 */
export async function prepareRun(options: RunOptions, log: Log): Promise<PreparedRun> {
  const text = options.configText ?? (await readConfigText(options.configFile));
  const { config: written, document } = loadConfig(text, options.configFile);
  const config = withOverrides(written, options);
  const variables = new VariableScope();
  try {
    const prepared = await prepare(config, document, options, log);
    const dispose = (): void => {
      prepared.dispose();
      variables.dispose();
    };
    return { ...prepared, dispose };
  } catch (error) {
    variables.dispose();
    throw placeInConfig(error, document);
  }
}

async function prepare(config: Config, document: ConfigDocument, options: RunOptions, log: Log): Promise<PreparedRun> {
  const { training } = config;
  const { configFile, trusted } = options;
  const source = { configFile, trusted, seed: training.seed };
  const { tensorflowPath } = options;
  const sources = { tensorflowPath, projectDir: path.dirname(configFile), trusted };
  const selected = await selectEngine(training.engine, sources);
  const data = await prepareData(config, { ...source, tf });
  const batches = new BatchSource(data.train, training.batchSize, config.data.shuffle, training.seed);
  if (batches.batchSize < training.batchSize)
    log('info', `training.batchSize is ${training.batchSize}, but there are ${data.train.rows} training rows: batches of ${batches.batchSize}.`); // prettier-ignore
  const { engine, built, stepper } = await buildNet({ config, data, batches, engine: selected, options: source, sources });
  const { inputShape } = data.train;
  const cost = { engine: engine.engine, architecture: built.architecture, inputShape, batchSize: batches.batchSize };
  const plan = makePlan(config, stepper, batches, cost);
  const time = new Date();
  const directory = options.runDir ?? defaultRunDirectory(configFile, time);
  const baseline = baselineOf(data, training.loss);
  const start = startEvent({ config, configFile, built, data, plan, time, directory, engine, baseline });
  return {
    config,
    document,
    start,
    directory,
    data,
    stepper,
    plan,
    keepEvery: keepInterval(cost),
    fallbacks: built.fallbacks,
    report: staticReport(built, data, baseline.loss),
    saveModel: (folder) => saveModel(built.model, folder),
    firstBatches: () => firstBatches(plan),
    dispose: () => {
      stepper.dispose();
      disposeMasks(built.model.layers);
      built.model.dispose();
    },
  };
}

function withOverrides(config: Config, options: RunOptions): Config {
  const { steps = config.training.steps, engine = config.training.engine, seed = config.training.seed } = options;
  const { onTrouble = config.watch.onTrouble } = options;
  return { ...config, training: { ...config.training, steps, engine, seed }, watch: { ...config.watch, onTrouble } };
}

function makePlan(config: Config, stepper: Stepper, batches: BatchSource, cost: StepCost): TrainingPlan {
  const { optimizer, learningRateSchedule, epochs, steps } = config.training;
  return {
    stepper,
    batches,
    learningRate: createLearningRate(optimizer, learningRateSchedule),
    epochs,
    steps: steps ?? Infinity,
    ...watchPlan(config, cost),
  };
}

function watchPlan({ watch }: Config, cost: StepCost): Pick<TrainingPlan, 'every' | 'firstSteps'> {
  return watch.every === 'auto' ? { every: autoInterval(cost, watch.telemetryBudget), firstSteps: FIRST_STEPS } : { every: watch.every };
}

interface StartParts {
  config: Config;
  configFile: string;
  built: BuiltModel;
  data: PreparedData;
  plan: TrainingPlan;
  time: Date;
  directory: string;
  engine: { engine: string; reason: string };
  baseline: StartEvent['baseline'];
}

function startEvent({ config, configFile, built, data, plan, time, directory, engine, baseline }: StartParts): StartEvent {
  const { batchSize, perEpoch } = plan.batches;
  return {
    event: 'start',
    schema: 1,
    run: path.basename(directory),
    config,
    configFile,
    time: time.toISOString(),
    engine: engine.engine,
    engineReason: engine.reason,
    layers: built.layers,
    architecture: built.architecture,
    parameters: built.parameters,
    samples: { train: data.train.rows, validation: data.validation?.rows ?? 0 },
    baseline,
    seed: config.training.seed,
    batchSize,
    stepsPerEpoch: perEpoch,
    plannedSteps: Math.min(plan.steps, plan.epochs * perEpoch),
  };
}

function staticReport(built: BuiltModel, data: PreparedData, baselineLoss: number): PreparedRun['report'] {
  const { features, targets, train } = data;
  const output = outputStats(built.architecture);
  return { samples: train.rows, parameters: built.parameters, features, targets, output, baselineLoss, data: inspectRows(train, features) };
}

function firstBatches({ batches }: TrainingPlan): Batch[] {
  const first: Batch[] = [];
  for (let epoch = 0; first.length < DRY_STEPS; epoch++) {
    for (const batch of batches.epoch(epoch)) {
      first.push(batch);
      if (first.length === DRY_STEPS) break;
    }
  }
  return first;
}

/** Errors that name a config key get its line. */
export function placeInConfig(error: unknown, document: ConfigDocument): unknown {
  if (!AppError.is(error) || error.place.file !== undefined || error.place.path === undefined) return error;
  const { line, column } = document.locate(error.place.path);
  const place: ErrorPlace = { ...error.place, file: document.file, line, column };
  return new AppError(error.code, error.message, error.action, place, { cause: error });
}
