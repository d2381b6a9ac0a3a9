import type { SelectedEngine } from '../select-engine.js';
import { bindingOf, findPackage, type TensorflowPackage, type TensorflowSources } from './find-package.js';
import type { NativeTimer } from './time-in-child.js';
import { timeInChild } from './time-in-child.js';
import { timeSteps } from './time-steps.js';
import type { TimingRequest } from './timing-protocol.js';
import type { Stepper } from '../../stepper.js';

/** Native must be so many times as fast as wasm to be taken. */
const FASTER = 1.3;
/** Runs shorter than this on wasm could not earn back what loading the library takes. */
const WORTH_SECONDS = 10;
/** Time for the steps of either engine. */
const TIMING_MS = 150;
/** Longest time the native engine has to load and to be timed. */
const LIMIT_MS = 6000;

export interface NativeQuestion {
  /** The model on wasm, as the run will train it. */
  stepper: Stepper;
  /** Made only where something is timed. */
  request: () => Omit<TimingRequest, 'type' | 'tensorflowPath' | 'budgetMs'>;
  plannedSteps: number;
  sources: TensorflowSources;
  timer?: NativeTimer;
}

/** `engine` is what `auto` takes; the reason has both figures where both were measured. */
export interface NativeVerdict extends SelectedEngine {
  found: TensorflowPackage;
}

/**
 * Whether `auto` takes the native engine for this model. Null, at no cost, where it is not installed or the workspace is not trusted.
 * Else wasm is timed here, and, where the run is long enough to gain, native in a child process; nothing of the run changes.
 */
export async function chooseNative(question: NativeQuestion): Promise<NativeVerdict | null> {
  const { sources, stepper, plannedSteps, timer = timeInChild } = question;
  const found = sources.trusted === true ? findPackage(sources) : null;
  if (found === null || bindingOf(found) === null) return null;
  const request = question.request();
  const wasmMs = timeSteps(stepper, request.batches, request.learningRate, TIMING_MS);
  const seconds = (wasmMs * plannedSteps) / 1000;
  if (seconds < WORTH_SECONDS) return { engine: 'wasm', reason: shortRun(wasmMs, seconds), found };
  try {
    const asked: TimingRequest = { ...request, type: 'time-native', tensorflowPath: found.from, budgetMs: TIMING_MS };
    const { stepMs } = await timer(asked, LIMIT_MS);
    return { ...compare(wasmMs, stepMs, found), found };
  } catch (error) {
    return { engine: 'wasm', reason: `${BUILT_IN}; native TensorFlow is installed but fails: ${(error as Error).message}`, found };
  }
}

const BUILT_IN = 'WebAssembly with SIMD, built in';

/** The faster engine by two measured times of a step, and the sentence that tells both. */
export function compare(wasmMs: number, nativeMs: number, found: TensorflowPackage): SelectedEngine {
  const ratio = wasmMs / nativeMs;
  const figures = `measured on this model: native TensorFlow ${ms(nativeMs)} a step, wasm ${ms(wasmMs)}`;
  if (ratio >= FASTER)
    return { engine: 'tensorflow', reason: `${figures}, ${ratio.toFixed(2)} times as fast; tfjs-node ${found.version} in ${found.from}` };
  return { engine: 'wasm', reason: `${BUILT_IN}; ${figures} (native is taken from ${FASTER} times as fast)` };
}

function shortRun(wasmMs: number, seconds: number): string {
  const whole = `${ms(wasmMs)} a step, about ${seconds < 1 ? 'a second' : `${Math.ceil(seconds)} s`} in all`;
  return `${BUILT_IN}; ${whole}: too short a run for native TensorFlow, which is installed, to earn back its loading`;
}

function ms(value: number): string {
  return `${Number(value.toPrecision(3))} ms`;
}
