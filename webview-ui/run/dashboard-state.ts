import type {
  EndEvent,
  EpochEvent,
  FallbackEvent,
  RunEvent,
  RunState,
  StartEvent,
  TrialEvent,
  FindingEvent,
  ForecastEvent,
} from '../../src/telemetry/events.js';
import type {
  ConfigChoice,
  FixCard,
  FixSearchState,
  HostMessage,
  PageFinding,
  RunSnapshot,
  RunSummary,
} from '../../src/telemetry/page-protocol.js';
import { keepBranch, type Branch } from '../../src/telemetry/branches.js';
import type { CourseEvent } from '../../src/telemetry/past-findings.js';
import { partingOf, type Parting } from '../view/parting.js';
import { Pace } from './pace.js';
import { RunStore } from './run-store.js';
import { spokenOf } from './spoken.js';

/** Growth of a run after which the place where it parts from another is looked for again. */
const LOOK_AGAIN = 1.02;

/** What the page knows of the run it shows. */
export interface RunView {
  run: string;
  config: string;
  state: RunState;
  stateReason?: string;
  /** The last healthy step, as of the last pause. */
  healthyStep?: number;
  /** Where it went back, and what was changed while it ran. */
  course: CourseEvent[];
  /** What it measured on the courses it left by going back. */
  branches: Branch[];
  /** How good its forecasts of overflow were, once it has ended. */
  forecasts: ForecastEvent[];
  start: StartEvent | null;
  store: RunStore;
  pace: Pace;
  epochs: EpochEvent[];
  findings: PageFinding[];
  fixes: FixCard[];
  trials: TrialEvent[];
  /** A search for a working fix goes on. */
  search?: FixSearchState;
  /** Layers that do not run on our own kernels. */
  fallbacks: FallbackEvent[];
  end: EndEvent | null;
  error?: { message: string; action: string };
  /** A second run, laid over this one. */
  beside?: RunBeside;
}

/** A run for comparison and where the two part, as of the last look. */
export interface RunBeside {
  run: RunView;
  parting: Parting;
  /** Frames the run had at that look. */
  rows: number;
}

/** Everything the host has told the page. */
export interface DashboardState {
  /** False until the first snapshot. */
  connected: boolean;
  run: RunView | null;
  configs: ConfigChoice[];
  history: RunSummary[];
  trusted: boolean;
}

export function emptyDashboard(): DashboardState {
  return { connected: false, run: null, configs: [], history: [], trusted: true };
}

/**
 * Takes a message of the host into the state, in place. Messages of other runs than the one shown are dropped.
 * @param now clock in milliseconds, for the pace
 */
export function receive(state: DashboardState, message: HostMessage, now: number): void {
  if (message.type === 'snapshot') return takeSnapshot(state, message);
  if (message.type === 'history') {
    state.history = message.history;
    return;
  }
  if (message.type === 'compare') {
    if (state.run !== null) layBeside(state.run, message.snapshot === null ? null : fromSnapshot(message.snapshot));
    return;
  }
  if (message.type === 'metric') {
    for (const run of [state.run, state.run?.beside?.run]) if (run?.run === message.run) run.store.takeMetric(message);
    return;
  }
  if (message.type === 'event' && message.event.event === 'start' && state.run?.run !== message.run)
    state.run = newRun(message.run, message.event);
  const run = state.run;
  if (run === null || run.run !== message.run) return;
  if (message.type === 'frames') takeFrames(run, message.batch, now);
  else if (message.type === 'event') takeEvent(run, message.event);
  else if (message.type === 'findings') {
    Object.assign(run, spokenOf(message));
  } else if (message.type === 'search') {
    run.search = message.search ?? undefined;
  } else {
    run.state = 'failed';
    run.error = message.error;
  }
}

/** Lays a second run over one; null takes it away. The place where they part is looked for again as frames come. */
function layBeside(run: RunView, other: RunView | null): void {
  run.beside = other === null ? undefined : { run: other, parting: partingOf(run.store, other.store), rows: run.store.count };
}

function takeSnapshot(state: DashboardState, message: Extract<HostMessage, { type: 'snapshot' }>): void {
  state.connected = true;
  state.configs = message.configs;
  state.history = message.history;
  state.trusted = message.trusted;
  state.run = message.snapshot === null ? null : fromSnapshot(message.snapshot);
}

function fromSnapshot(snapshot: RunSnapshot): RunView {
  const { frames, ...rest } = snapshot;
  const store = storeFor(snapshot.start, frames?.layerCount);
  if (frames !== null && 'metric' in frames) store.takeSnapshot(frames);
  else if (frames !== null) store.append(frames);
  return {
    ...rest,
    ...spokenOf(snapshot),
    store,
    pace: new Pace(),
    trials: snapshot.trials ?? [],
    fallbacks: snapshot.fallbacks ?? [],
    course: snapshot.course ?? [],
    branches: snapshot.branches ?? [],
    forecasts: snapshot.forecasts ?? [],
  };
}

/** An empty store for the frames of a run. `layerCount` is that of its frames, where there are some. */
function storeFor(start: StartEvent | null, layerCount = start?.layers.length ?? 0): RunStore {
  return new RunStore(layerCount, { parameters: start?.layers.map((layer) => layer.parameters) });
}

function newRun(run: string, start: StartEvent): RunView {
  return {
    run,
    config: start.configFile?.split(/[\\/]/).at(-1) ?? '',
    state: 'starting',
    start,
    store: storeFor(start),
    pace: new Pace(),
    epochs: [],
    findings: [],
    fixes: [],
    trials: [],
    fallbacks: [],
    course: [],
    branches: [],
    forecasts: [],
    end: null,
  };
}

function takeFrames(run: RunView, batch: Extract<HostMessage, { type: 'frames' }>['batch'], now: number): void {
  if (batch.layerCount !== run.store.layerCount && run.store.count === 0) run.store = storeFor(run.start, batch.layerCount);
  run.store.append(batch);
  if (run.beside !== undefined && run.store.count > run.beside.rows * LOOK_AGAIN) layBeside(run, run.beside.run);
  run.pace.note(run.store.lastStep, now);
}

function takeEvent(run: RunView, event: Exclude<RunEvent, FindingEvent>): void {
  switch (event.event) {
    case 'start':
      run.start = event;
      if (run.store.count === 0) run.store = storeFor(event);
      break;
    case 'epoch':
      run.epochs = [...run.epochs.filter((known) => known.epoch !== event.epoch), event];
      break;
    case 'state':
      run.state = event.state;
      run.stateReason = event.reason;
      run.healthyStep = event.healthy ?? run.healthyStep;
      if (event.state !== 'running') run.pace.reset();
      break;
    case 'forecast':
      run.forecasts = [...run.forecasts, event];
      break;
    case 'rollback':
      run.branches = keepBranch(run.branches, columnsOf(run.store), event.to);
      run.store.goBackTo(event.to);
      // What the last look saw behind that step is undone, and the run has to grow far before it would be looked for again.
      if (run.beside !== undefined) layBeside(run, run.beside.run);
      run.course = [...run.course, event];
      break;
    case 'change':
      run.course = [...run.course, event];
      break;
    case 'trial':
      run.trials = [...run.trials, event];
      break;
    case 'fallback':
      run.fallbacks = [...run.fallbacks, event];
      break;
    case 'end':
      run.end = event;
      run.state = event.status;
  }
}

function columnsOf(store: RunStore): Parameters<typeof keepBranch>[1] {
  const { count, step } = store;
  return {
    count,
    step,
    loss: store.series('loss'),
    learningRate: store.series('learningRate'),
    globalGradNorm: store.series('globalGradNorm'),
  };
}
