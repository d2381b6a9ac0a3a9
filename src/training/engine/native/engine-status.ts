import { AppError } from '../../../config/app-error.js';
import { selectEngine, type EngineName } from '../select-engine.js';
import { bindingOf, findPackage, packageIn, searchPlaces, type TensorflowSources } from './find-package.js';
import { verifyNative } from './verify-native.js';

export interface EngineState {
  engine: EngineName;
  runs: boolean;
  /** Why, or what is missing. */
  reason: string;
  /** Command that helps, where it does not run. */
  next: string | null;
}

export interface EngineStatus {
  engines: EngineState[];
  /** Where tfjs-node was looked for, in order. */
  lookedIn: { folder: string; from: string; found: boolean }[];
  /** Folder and version of the tfjs-node that is used; null where none is found. */
  native: { folder: string; version: string } | null;
  /** What `training.engine: "auto"` does here. */
  auto: string;
}

/** Which engines run here. The native one is loaded in a child process and trains a step; nothing is installed. */
export async function engineStatus(sources: TensorflowSources, verify = verifyNative): Promise<EngineStatus> {
  const found = findPackage(sources);
  const tensorflow = await tensorflowState(sources, verify);
  return {
    engines: [await hostState('wasm'), await hostState('cpu'), tensorflow],
    lookedIn: searchPlaces(sources).map((place) => ({ ...place, found: packageIn(place.folder) !== null })),
    native: found === null ? null : { folder: found.from, version: found.version },
    auto: tensorflow.runs
      ? 'wasm, or tensorflow where a timing before the run shows it at least 1.3 times as fast on that model'
      : 'wasm (tensorflow does not run here)',
  };
}

async function hostState(engine: 'wasm' | 'cpu'): Promise<EngineState> {
  const about = engine === 'wasm' ? 'WebAssembly with SIMD, built in' : 'plain JavaScript, built in: the reference, slow';
  try {
    await selectEngine(engine);
    return { engine, runs: true, reason: about, next: null };
  } catch (error) {
    return { engine, runs: false, reason: (error as Error).message, next: null };
  }
}

async function tensorflowState(sources: TensorflowSources, verify: typeof verifyNative): Promise<EngineState> {
  const state = (reason: string, next: string | null): EngineState => ({ engine: 'tensorflow', runs: next === null, reason, next });
  const install = 'gradwatch engine install';
  const found = findPackage(sources);
  if (found === null) return state('@tensorflow/tfjs-node is not installed', install);
  if (bindingOf(found) === null)
    return state(`tfjs-node ${found.version} in ${found.from} lacks its native part (tfjs_binding.node): its install script did not run or failed`, install); // prettier-ignore
  try {
    const { version, stepMs } = await verify(found.from);
    return state(`tfjs-node ${version} in ${found.from}; a step of a small model takes ${stepMs.toPrecision(3)} ms`, null);
  } catch (error) {
    return state(AppError.is(error) ? error.message : String(error), install);
  }
}
