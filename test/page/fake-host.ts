/*
 * A host inside the page: it stands where VS Code would, replays recorded runs and keeps what the page sends. Bundled on
 * the fly and loaded before the dashboard; tests steer it through `window.fakeHost`, people by the address:
 *   /?run=growing&until=23&state=paused&theme=light        one moment of a recorded run
 *   /?run=growing&until=24&back=12&then=18                  one that went back with a fix, and on
 *   /?growing=97                                           a made-up slow explosion, 97 steps of it, with its forecast
 *   /?layers=64&steps=4000&every=250                       a made-up run of 1,000,000 steps as a host keeps it
 *   /?run=healthy&play=60                                  the run as it comes, 60 steps per second
 */
import './zod-without-eval.js';
import exploding from '../fixtures/runs/exploding.events.jsonl';
import explodingConfig from '../fixtures/runs/exploding.gradwatch.jsonc';
import growing from '../fixtures/runs/growing.events.jsonl';
import growingConfig from '../fixtures/runs/growing.gradwatch.jsonc';
import healthy from '../fixtures/runs/healthy.events.jsonl';
import healthyConfig from '../fixtures/runs/healthy.gradwatch.jsonc';
import held from '../fixtures/runs/held.events.jsonl';
import heldConfig from '../fixtures/runs/held.gradwatch.jsonc';
import type { RunState } from '../../src/telemetry/events.js';
import { keptOf } from '../../src/telemetry/frame-ring.js';
import { otherMetrics, pageFrames, type PageMetric } from '../../src/telemetry/page-frames.js';
import { packMessage } from '../../src/telemetry/page-numbers.js';
import type { ConfigChoice, HostMessage, PageCommand, RunSnapshot, RunSummary } from '../../src/telemetry/page-protocol.js';
import { readRun, snapshotAt, type RecordedRun } from './recorded-run.js';
import { growingSnapshot, syntheticBatch, syntheticSnapshot } from './synthetic-run.js';

const RUNS: Record<string, RecordedRun> = {
  exploding: readRun(exploding, explodingConfig),
  growing: readRun(growing, growingConfig),
  healthy: readRun(healthy, healthyConfig),
  held: readRun(held, heldConfig),
};

const CONFIGS: ConfigChoice[] = [
  { path: 'auto-mpg/gradwatch.json', uri: 'file:///examples/auto-mpg/gradwatch.json', errors: 1 },
  { path: 'penguins/gradwatch.json', uri: 'file:///examples/penguins/gradwatch.json', errors: 0 },
  { path: 'reference-l1/gradwatch.json', uri: 'file:///examples/reference-l1/gradwatch.json', errors: 0 },
];

const HISTORY: RunSummary[] = [
  {
    run: 'exploding',
    time: '2025-01-01T11:20:00Z',
    config: 'auto-mpg/gradwatch.json',
    status: 'diverged',
    steps: 8,
    loss: NaN,
    baselineLoss: 58.6,
    recorded: true,
    losses: [1.2e5, 3e9, 4e14],
  },
  {
    run: 'earlier',
    time: '2025-01-01T11:02:00Z',
    config: 'auto-mpg/gradwatch.json',
    label: 'scaled, rate 0.01',
    status: 'completed',
    steps: 200,
    loss: 14.7,
    baselineLoss: 58.6,
    recorded: true,
    losses: [580, 210, 90, 40, 22, 18, 15, 15.2, 14.8, 14.7],
  },
  {
    run: 'broken',
    time: '2025-01-01T10:41:00Z',
    config: 'auto-mpg',
    status: 'failed',
    steps: 0,
    loss: NaN,
    baselineLoss: NaN,
    recorded: true,
    problem: 'The log is damaged',
  },
];

/** What tests drive. */
export interface FakeHost {
  /** Commands the page has sent. */
  sent: PageCommand[];
  /** Sends a message as the extension would. */
  post(message: HostMessage): void;
  /** The messages in which the extension would send one, and their sending: for those who measure. */
  messagesOf(message: HostMessage): HostMessage[];
  send(messages: readonly HostMessage[]): void;
  /** Shows a moment of a recorded run; `until` is the last step that has happened. */
  show(name: string, until?: number, state?: RunState): void;
  /** The same with more of what a host knows. */
  showWith(name: string, until: number, more: Partial<RunSnapshot>): void;
  /** Sends findings of these ids, one per id, without fixes. */
  find(name: string, ids: string[]): void;
  /** Shows a whole run by the text of its log and of its config. */
  showLog(log: string, config: string): void;
  showNothing(options?: { trusted?: boolean; configs?: ConfigChoice[] }): void;
  /** Sends the frames of a recorded run from one step to another. */
  append(name: string, from: number, to: number): void;
  /** Shows a made-up run of many layers, and appends to it. */
  showSynthetic(layers: number, steps: number): void;
  appendSynthetic(layers: number, from: number, count: number): void;
  /** Frames of the made-up run, for those who measure and do not want to pay for making them up. */
  syntheticFrames(layers: number, from: number, count: number): HostMessage;
  /** The made-up run with a frame for every `every` steps, as a host keeps a long one. */
  syntheticRun(layers: number, count: number, every: number): HostMessage;
  setTheme(theme: string): void;
  /** Lays a recorded run over the one on show. */
  compare(name: string | null): void;
}

/** What the page shows of the layers first. */
let firstMetric: PageMetric = 'gradNorm';

const STATE_KEY = 'gradwatch-state';
const BODY_CLASSES: Record<string, string> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  hc: 'vscode-high-contrast',
  hcl: 'vscode-high-contrast-light vscode-high-contrast',
};

function post(message: HostMessage): void {
  send(messagesOf(message));
}

/** Through the structured clone of postMessage; buffers change hands, as where VS Code passes a message on to its webview. */
function send(messages: readonly HostMessage[]): void {
  for (const message of messages) window.postMessage(packMessage(message), '*', buffersOf(message));
}

function buffersOf(message: HostMessage): ArrayBuffer[] {
  if (message.type === 'metric') return [message.data];
  const frames = message.type === 'snapshot' || message.type === 'compare' ? message.snapshot?.frames : null;
  return frames != null && 'metric' in frames ? [frames.data] : [];
}

/** A snapshot as the extension sends it: one metric of the layers at first, the others after it. */
function messagesOf(message: HostMessage): HostMessage[] {
  if (message.type !== 'snapshot' && message.type !== 'compare') return [message];
  const { snapshot } = message;
  if (snapshot === null || snapshot.frames === null || 'metric' in snapshot.frames) return [message];
  const kept = keptOf(snapshot.frames);
  const weights = snapshot.start?.layers.map(({ parameters }) => parameters) ?? [];
  const shown = message.type === 'snapshot' ? firstMetric : 'gradNorm';
  const rest = otherMetrics(kept, shown, weights).map((columns) => ({ type: 'metric' as const, run: snapshot.run, ...columns }));
  return [{ ...message, snapshot: { ...snapshot, frames: pageFrames(kept, shown, weights) } }, ...rest];
}

function recorded(name: string): RecordedRun {
  const run = RUNS[name];
  if (run === undefined) throw new Error(`There is no recorded run "${name}".`);
  return run;
}

const snapshotMessage = (snapshot: Extract<HostMessage, { type: 'snapshot' }>['snapshot']): HostMessage => ({
  type: 'snapshot',
  version: 1,
  snapshot,
  configs: CONFIGS,
  history: HISTORY,
  trusted: true,
});

const syntheticFrames = (layers: number, from: number, count: number): HostMessage => ({
  type: 'frames',
  run: 'synthetic',
  batch: syntheticBatch(layers, from, count),
});

const host: FakeHost = {
  sent: [],
  post,
  messagesOf,
  send,
  show: (name, until = Infinity, state) => post(snapshotMessage(snapshotAt(recorded(name), until, state))),
  showLog: (log, config) => post(snapshotMessage(snapshotAt(readRun(log, config), Infinity))),
  showWith: (name, until, more) => post(snapshotMessage({ ...snapshotAt(recorded(name), until), ...more })),
  find: (name, ids) =>
    post({
      type: 'findings',
      run: name,
      fixes: [],
      findings: ids.map((id, i) => ({
        event: 'finding',
        id,
        severity: 'warning',
        phase: 'training',
        step: 50 + i,
        layer: null,
        cause: '',
        message: `Finding ${id}`,
        evidence: {},
        stepsToOverflow: null,
        at: [],
        fixes: [],
      })),
    }),
  showNothing: ({ trusted = true, configs = CONFIGS } = {}) =>
    post({ type: 'snapshot', version: 1, snapshot: null, configs, history: [], trusted }),
  append: (name, from, to) => {
    const batch = recorded(name).batch(from, to);
    if (batch !== null) post({ type: 'frames', run: name, batch });
  },
  showSynthetic: (layers, steps) => post(snapshotMessage(syntheticSnapshot(layers, steps))),
  appendSynthetic: (layers, from, count) => post(syntheticFrames(layers, from, count)),
  syntheticFrames,
  syntheticRun: (layers, count, every) => snapshotMessage(syntheticSnapshot(layers, count, every)),
  compare: (name) => post({ type: 'compare', snapshot: name === null ? null : snapshotAt(recorded(name), Infinity) }),
  setTheme: (theme) => {
    document.documentElement.dataset['theme'] = theme;
    document.body.className = BODY_CLASSES[theme] ?? '';
  },
};

/** Replays a run as it would come, in ten batches a second. */
function play(name: string, stepsPerSecond: number): void {
  host.show(name, 0, 'running');
  let step = 0;
  const timer = setInterval(() => {
    const next = step + Math.max(1, Math.round(stepsPerSecond / 10));
    host.append(name, step + 1, next);
    const { findings, fixes, end } = recorded(name).momentAt(next);
    post({ type: 'findings', run: name, findings, fixes });
    step = next;
    if (step < recorded(name).lastStep) return;
    clearInterval(timer);
    if (end !== null) post({ type: 'event', run: name, event: end });
  }, 100);
}

/** A run that goes back from one step to another with a fix, and on from there. */
function goBack(name: string, step: number, to: number, then: number): void {
  post({ type: 'event', run: name, event: { event: 'rollback', step, to } });
  post({ type: 'event', run: name, event: { event: 'change', step: to, from: 'healthy', fix: 'lower-learning-rate', edits: [] } });
  const { findings, fixes } = recorded(name).momentAt(step);
  const past = findings.map((finding) => ({ ...finding, past: 'rolled back' as const }));
  post({ type: 'findings', run: name, findings: past, fixes: fixes.map((fix, i) => (i === 0 ? { ...fix, appliedLive: to } : fix)) });
  host.append(name, to, then);
  post({ type: 'event', run: name, event: { event: 'state', state: 'running', step: then } });
}

function start(): void {
  const query = new URLSearchParams(location.search);
  host.setTheme(query.get('theme') ?? 'dark');
  const name = query.get('run');
  const layers = Number(query.get('layers'));
  const every = Number(query.get('every') ?? 1);
  if (name === null && query.has('empty')) host.showNothing({ trusted: query.get('empty') !== 'restricted' });
  else if (query.has('growing')) post(snapshotMessage(growingSnapshot(8, Number(query.get('growing')))));
  else if (layers > 0) post(snapshotMessage(syntheticSnapshot(layers, Number(query.get('steps') ?? 500), every)));
  else if (name !== null && query.has('play')) play(name, Number(query.get('play')));
  else if (name !== null) {
    const until = query.get('until');
    if (query.has('with')) queueMicrotask(() => host.compare(query.get('with')));
    host.show(name, until === null ? undefined : Number(until), (query.get('state') ?? undefined) as RunState | undefined);
    if (query.has('back')) goBack(name, Number(until), Number(query.get('back')), Number(query.get('then')));
  }
}

Object.assign(window, {
  fakeHost: host,
  acquireVsCodeApi: () => ({
    postMessage: (command: PageCommand) => {
      host.sent.push(command);
      if (command.type === 'ready') {
        firstMetric = command.metric ?? 'gradNorm';
        start();
      } else if (command.type === 'openRun' && command.run in RUNS) host.show(command.run);
      else if (command.type === 'compareRun' && (command.run === null || command.run in RUNS)) host.compare(command.run);
    },
    getState: () => JSON.parse(sessionStorage.getItem(STATE_KEY) ?? 'null') as unknown,
    setState: (state: unknown) => sessionStorage.setItem(STATE_KEY, JSON.stringify(state)),
  }),
});
