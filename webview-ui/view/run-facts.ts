import { EVIDENCE } from '../../src/diagnosis/finding.js';
import { FINAL_STATES } from '../../src/telemetry/events.js';
import type { RunView } from '../run/dashboard-state.js';
import { stepWindow, zoomTo, type StepWindow, type View } from '../run/step-window.js';
import { say, sayName } from '../language/language.js';

/** The parts of a resolved config the page reads; a config of another version may lack any of them. */
interface KnownConfig {
  training?: {
    epochs?: number;
    loss?: { type?: string };
    optimizer?: { type?: string };
    gradientClip?: { type?: string; threshold?: number };
    learningRateSchedule?: { type?: string; warmupSteps?: number };
  };
  data?: { scale?: unknown };
}

export function knownConfig(run: RunView): KnownConfig {
  const config: unknown = run.start?.config;
  const changes = run.course.flatMap((event) => (event.event === 'change' ? event.edits : []));
  const known = changes.reduce((value, edit) => withEdit(value, edit.path, 'remove' in edit ? undefined : edit.value), config);
  return typeof known === 'object' && known !== null ? known : {};
}

/** A copy with another value at a path. */
function withEdit(root: unknown, [key, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(root)) return root.map((item, i) => (i === key ? withEdit(item, rest, value) : (item as unknown)));
  const record: Record<string, unknown> = typeof root === 'object' && root !== null ? { ...root } : {};
  return { ...record, [key]: withEdit(record[key], rest, value) };
}

export function isOver(run: RunView): boolean {
  return FINAL_STATES.includes(run.state);
}

/** Paused with nothing trained: before any frame, or at step 0 by a verdict of the pre-flight. */
export function isHeld(run: RunView): boolean {
  if (run.state !== 'paused') return false;
  return run.store.count === 0 || (run.store.lastStep === 0 && run.findings.some((f) => f.phase === 'preflight' && f.severity === 'error'));
}

/** Updates the run will make; null where that is not known. */
export function plannedSteps(run: RunView): number | null {
  return run.start?.plannedSteps ?? null;
}

/** The steps on the x axis: the zoom, kept within the run, or what the view decides. */
export function windowOf(run: RunView, { view, zoom }: { view: View; zoom: StepWindow | null }): StepWindow {
  if (zoom !== null) return zoomTo(zoom, viewWindow(run, 'whole')) ?? viewWindow(run, 'whole');
  return viewWindow(run, view);
}

/** The steps of a view. */
export function viewWindow(run: RunView, view: View): StepWindow {
  const { store } = run;
  return stepWindow(
    {
      first: store.firstStep,
      last: Math.max(0, store.lastStep, run.beside?.run.store.lastStep ?? 0, view === 'whole' ? lastBranchStep(run) : 0),
      planned: plannedSteps(run),
      over: isOver(run),
    },
    view,
  );
}

/** The furthest step of the courses that were left. */
function lastBranchStep({ branches }: RunView): number {
  return Math.max(0, ...branches.map(({ to }) => to));
}

/** Indices of the layers whose name or type contains the text; all where it is empty. */
export function matchingLayers(run: RunView, filter: string): number[] {
  const text = filter.trim().toLowerCase();
  const names = run.start?.layers ?? [];
  return Array.from({ length: run.store.layerCount }, (_, l) => l).filter((l) =>
    `${names[l]?.name ?? ''} ${names[l]?.type ?? ''}`.toLowerCase().includes(text),
  );
}

/** Loss of the trivial predictor; null where it is unknown or no reference. */
export function baselineLoss(run: RunView): number | null {
  const loss = run.start?.baseline.loss;
  return loss !== undefined && Number.isFinite(loss) && loss > 0 ? loss : null;
}

/** Ten times the first loss: beyond it training counts as harmed. Null before the first frame. */
export function harmLoss(run: RunView): number | null {
  const first = run.store.count > 0 ? (run.store.series('loss')[0] as number) : NaN;
  return Number.isFinite(first) && first > 0 ? 10 * first : null;
}

/** Learning rate at which the loss neither grows nor falls, as a finding measured it; null where none did. */
export function rateLimit(run: RunView): number | null {
  for (const { evidence } of run.findings) {
    const limit = evidence[EVIDENCE.rateLimit];
    if (typeof limit === 'number' && limit > 0 && Number.isFinite(limit)) return limit;
  }
  return null;
}

/** Threshold of clipping by global norm; null without. */
export function clipThreshold(run: RunView): number | null {
  const clip = knownConfig(run).training?.gradientClip;
  return clip?.type === 'globalNorm' && clip.threshold !== undefined ? clip.threshold : null;
}

/** "mean squared error" from "meanSquaredError". */
export function lossName(run: RunView): string {
  const type = knownConfig(run).training?.loss?.type;
  return type === undefined ? say('training loss') : sayName(spaced(type));
}

export function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

export interface LayerRow {
  name: string;
  type: string;
  parameters: number;
  /** Size of the last axis of its output, or 1. */
  units: number;
  activation?: string;
}

/** The layers frames speak of, with what the architecture knows of them. */
export function layerRows(run: RunView): LayerRow[] {
  const architecture = new Map(run.start?.architecture?.map((layer) => [layer.name, layer]));
  return (run.start?.layers ?? []).map((layer) => {
    const known = architecture.get(layer.name);
    return { ...layer, units: known?.outputShape.at(-1) ?? 1, activation: known?.activation };
  });
}
