import { readFileSync } from 'node:fs';
import { type Config, configSchema } from '../../../src/config/config-schema.js';
import { createDiagnosis } from '../../../src/diagnosis/diagnosis.js';
import type { DryStep, PreflightReport } from '../../../src/diagnosis/preflight-report.js';
import type { EndEvent, FindingEvent, Frame, LayerStats, StartEvent } from '../../../src/telemetry/events.js';

type Layers = Record<string, unknown>[];

/** A valid config with the given layers and training. */
export function makeConfig(layers: Layers, training: Record<string, unknown> = {}, more: Record<string, unknown> = {}): Config {
  return configSchema.parse({
    data: { generator: { name: 'regression' } },
    model: { layers },
    training: { loss: 'meanSquaredError', optimizer: { type: 'sgd', learningRate: 0.1 }, ...training },
    ...more,
  });
}

export const MLP: Layers = [
  { type: 'dense', units: 8, activation: 'relu' },
  { type: 'dense', units: 1 },
];

/** A start event with one layer per name; the layers carry their config index. */
export function makeStart(names = ['dense_1', 'dense_2'], over: Partial<StartEvent> = {}): StartEvent {
  const layers = names.map((name) => ({ name, type: 'dense', parameters: 10 }));
  return {
    event: 'start',
    schema: 1,
    run: 'test',
    config: {},
    engine: 'cpu',
    engineReason: 'test',
    layers,
    architecture: layers.map((layer, configIndex) => ({ ...layer, outputShape: [1], configIndex })),
    parameters: 10 * names.length,
    samples: { train: 320, validation: 80 },
    baseline: { loss: 1 },
    seed: 1,
    plannedSteps: 400,
    ...over,
  };
}

export function makeLayer(over: Partial<LayerStats> = {}): LayerStats {
  return { gradNorm: 1, maxAbs: 0.5, nonFinite: 0, zeros: 0, weightNorm: 10, updateRatio: 0.001, ...over };
}

export function makeFrame(step: number, over: Partial<Frame> = {}): Frame {
  const layers = over.layers ?? [makeLayer(), makeLayer()];
  const globalGradNorm = over.globalGradNorm ?? Math.hypot(...layers.map((l) => l.gradNorm));
  return {
    step,
    epoch: 0,
    loss: 1,
    learningRate: 0.1,
    globalGradNorm,
    clippedGradNorm: globalGradNorm,
    overshoot: null,
    risk: 0,
    riskEvidence: [],
    ...over,
    layers,
  };
}

export function makeDry(over: Partial<DryStep> = {}): DryStep {
  const lossBefore = over.lossBefore ?? 1;
  const lossAfter = over.lossAfter ?? 0.9;
  return {
    step: 0,
    lossBefore,
    lossAfter,
    overshoot: lossAfter / lossBefore,
    rho: 0.8,
    globalGradNorm: 1,
    updateRatio: 0.01,
    learningRate: 0.1,
    nonFiniteGradients: 0,
    ...over,
  };
}

export function makeReport(over: Partial<PreflightReport> = {}): PreflightReport {
  return {
    samples: 320,
    parameters: 20,
    features: [{ name: 'x', mean: 0, deviation: 1, min: -3, max: 3, nonFinite: 0 }],
    targets: [{ name: 'y', mean: 0, deviation: 1, min: -3, max: 3, nonFinite: 0, classes: null, classCounts: null }],
    output: { layer: 'dense_2', units: 1, activation: 'linear', configIndex: 1 },
    signal: [],
    dry: [makeDry()],
    sharpness: 1,
    baselineLoss: 1,
    ...over,
  };
}

export function makeEnd(over: Partial<EndEvent> = {}): EndEvent {
  return { event: 'end', status: 'completed', steps: 400, loss: 0.1, metrics: {}, test: null, seconds: 1, telemetryShare: 0.02, ...over };
}

/** All findings of a run, in order. */
export function diagnose(
  config: Config,
  start: StartEvent,
  report: PreflightReport | null,
  frames: Frame[],
  end?: EndEvent,
): FindingEvent[] {
  const diagnosis = createDiagnosis({ config, start, preflight: null });
  const findings = report === null ? [] : diagnosis.preflight(report);
  for (const frame of frames) findings.push(...diagnosis.frame(frame).findings);
  if (end !== undefined) findings.push(...diagnosis.end(end));
  return findings;
}

export interface Trace {
  config: Config;
  start: StartEvent;
  report: PreflightReport;
  frames: Frame[];
}

type Row = [number, number, number, number, number, number, number | null, (number | null)[]];
const COLUMNS = 8;

/** A recorded run of test/fixtures/traces: what the trainer measured, as columns, non-finite numbers as their names. */
export function loadTrace(name: string): Trace {
  const text = readFileSync(new URL(`../../fixtures/traces/${name}.json`, import.meta.url), 'utf8');
  const trace = JSON.parse(text, (_, value: unknown) =>
    value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : value,
  ) as { config: unknown; start: StartEvent; report: PreflightReport; frames: Row[] };
  return { ...trace, config: configSchema.parse(trace.config), frames: trace.frames.map(toFrame) };
}

function toFrame([step, epoch, loss, learningRate, globalGradNorm, clippedGradNorm, overshoot, flat]: Row): Frame {
  const layers = Array.from({ length: flat.length / COLUMNS }, (_, i): LayerStats => {
    const [gradNorm, maxAbs, nonFinite, zeros, weightNorm, updateRatio, dead, saturated] = flat.slice(i * COLUMNS, (i + 1) * COLUMNS);
    const layer = { gradNorm, maxAbs, nonFinite, zeros, weightNorm, updateRatio } as LayerStats;
    if (typeof dead === 'number') layer.dead = dead;
    if (typeof saturated === 'number') layer.saturated = saturated;
    return layer;
  });
  return { step, epoch, loss, learningRate, globalGradNorm, clippedGradNorm, overshoot, risk: 0, riskEvidence: [], layers };
}
