import type { Config } from '../../../config/config-schema.js';
import type { ErrorData } from '../../../config/app-error.js';
import type { ModelData } from '../../model/build-model.js';
import type { StepperShapes } from '../../make-stepper.js';
import type { Batch } from '../../stepper.js';

/** A process is asked to load the native engine and to time the steps of one model on it. */
export interface TimingRequest {
  type: 'time-native';
  config: Config;
  configFile: string;
  trusted: boolean;
  /** Folder of tfjs-node. */
  tensorflowPath: string;
  model: ModelData;
  data: StepperShapes;
  batches: Batch[];
  learningRate: number;
  budgetMs: number;
}

/** Median milliseconds of a step, or why there is none. */
export type TimingAnswer = { type: 'timed'; stepMs: number; version: string } | { type: 'not-timed'; error: ErrorData };

export function isTimingRequest(message: unknown): message is TimingRequest {
  return (message as Partial<TimingRequest> | null)?.type === 'time-native';
}
