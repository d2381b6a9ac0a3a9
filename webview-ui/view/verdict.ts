import { EVIDENCE } from '../../src/diagnosis/finding.js';
import type { Severity } from '../../src/telemetry/events.js';
import type { FixCard, PageFinding } from '../../src/telemetry/page-protocol.js';
import type { RunView } from '../run/dashboard-state.js';
import { formatCount, formatNumber, formatShare } from '../scales/format.js';
import { forecastsOf } from './forecast.js';
import { baselineLoss, isHeld, isOver } from './run-facts.js';

export type Level = 'calm' | 'risky' | 'bad';

export interface Fact {
  label: string;
  value: string;
  note: string;
}

/** The answer of the page: what happens, and the facts in fixed places. */
export interface Verdict {
  level: Level;
  /** Codicon. */
  icon: string;
  tone: 'error' | 'warning' | 'ok' | 'neutral';
  headline: string;
  detail: string;
  facts: Fact[];
  finding: PageFinding | null;
  fix: FixCard | null;
}

const SEVERITY_RANK: Record<Severity, number> = { error: 2, warning: 1, info: 0 };
/** Among findings of one severity, what happened goes before what caused it. */
const TOLD_FIRST = ['non-finite', 'exploding-gradients', 'exploded-then-dead', 'explosion-risk'];
/** Frames whose mean loss is "the loss now". */
const RECENT_FRAMES = 10;

/** Findings, the one that decides the verdict first. */
export function ranked(findings: readonly PageFinding[]): PageFinding[] {
  const place = (f: PageFinding) => (TOLD_FIRST.includes(f.id) ? TOLD_FIRST.indexOf(f.id) : TOLD_FIRST.length);
  return [...findings].sort((a, b) => SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity] || place(a) - place(b));
}

/** The verdict on a run: its worst finding in words, or why nothing is wrong. */
export function verdictOf(run: RunView): Verdict {
  if (run.state === 'failed') return failed(run);
  const worst = ranked(run.findings.filter((finding) => finding.past === undefined))[0] ?? null;
  if (worst === null || worst.severity === 'info') return calm(run);
  const fix = bestFix(run.fixes, worst.id);
  return {
    level: worst.severity === 'error' ? 'bad' : 'risky',
    icon: worst.severity,
    tone: worst.severity === 'error' ? 'error' : 'warning',
    headline: worst.message,
    detail: detailOf(run, worst),
    facts: factsOf(run, worst),
    finding: worst,
    fix,
  };
}

function failed(run: RunView): Verdict {
  const at = run.store.count > 0 ? ` The last step that was reported is ${run.store.lastStep}.` : '';
  return {
    level: 'bad',
    icon: 'error',
    tone: 'error',
    headline: run.error?.message ?? 'The run failed',
    detail: (run.error?.action ?? 'The log says why.') + at,
    facts: [],
    finding: null,
    fix: null,
  };
}

function calm(run: RunView): Verdict {
  const base = { level: 'calm' as const, facts: [], finding: null, fix: null };
  if (run.state === 'starting' || run.state === 'preflight')
    return { ...base, icon: 'circle-large', tone: 'neutral', headline: 'No verdict yet', detail: startingDetail(run) };
  if (run.store.count === 0) return { ...base, icon: 'circle-large', tone: 'neutral', headline: 'No steps yet', detail: '' };
  if (run.state === 'diverged')
    return { ...base, level: 'bad', icon: 'error', tone: 'error', headline: 'The run diverged', detail: lossDetail(run) };
  return {
    ...base,
    icon: 'pass',
    tone: 'ok',
    headline: run.state === 'completed' ? 'Completed, healthy' : 'Healthy',
    detail: run.state === 'paused' && run.stateReason !== 'paused' ? `${pausedDetail(run)} ${lossDetail(run)}` : lossDetail(run),
  };
}

function startingDetail(run: RunView): string {
  return run.state === 'preflight'
    ? 'Dry updates on a copy of the weights show what the first ones would do. Nothing has been trained.'
    : 'The trainer is loading the data and building the model.';
}

function lossDetail(run: RunView): string {
  const growing = run.store.evidence.some((e) => e.name === EVIDENCE.growth && !(e.value <= e.limit));
  return `${lossSentence(run)}${growing || isOver(run) ? '' : ' No layer is growing.'}`;
}

function lossSentence(run: RunView): string {
  const baseline = baselineLoss(run);
  const loss = recentLoss(run);
  if (baseline === null || !Number.isFinite(loss)) return `The loss is ${formatNumber(loss)}.`;
  return `The loss is ${formatShare(loss / baseline)} of the baseline.`;
}

/** Mean of the last frames' losses. */
export function recentLoss(run: RunView): number {
  const { store } = run;
  const from = Math.max(0, store.count - RECENT_FRAMES);
  const recent = store.series('loss').subarray(from, store.count);
  return recent.reduce((sum, loss) => sum + loss, 0) / recent.length;
}

function detailOf(run: RunView, worst: PageFinding): string {
  const parts: string[] = [];
  const harm = forecastsOf(run).loss?.harm ?? null;
  if (harm !== null)
    parts.push(
      `Diverges in about ${formatCount(harm.step - run.store.lastStep)} steps, near step ${formatCount(harm.step)}: the loss then passes 10 times its first value.`,
    );
  else if (worst.stepsToOverflow !== null && worst.stepsToOverflow > 0 && !isOver(run))
    parts.push(
      `Overflows in about ${formatNumber(worst.stepsToOverflow)} steps, near step ${formatCount(worst.step + worst.stepsToOverflow)}.`,
    );
  if (run.state === 'paused') parts.push(pausedDetail(run));
  if (run.end?.steps === 0) return 'The run ended before its first update. Nothing has been trained.';
  if (run.state === 'diverged') parts.push(`Training stopped at step ${run.store.lastStep}. ${lossSentence(run)}`);
  const [forecast] = run.forecasts.filter(({ actual }) => actual !== null);
  if (forecast !== undefined)
    parts.push(`Overflow was forecast at step ${forecast.step} in ${forecast.steps} steps; it was ${forecast.actual}.`);
  if (run.state === 'completed') parts.push('The run is complete.');
  if (run.state === 'stopped') parts.push(`The run was stopped at step ${Math.max(0, run.store.lastStep)}.`);
  if (run.state === 'running' && worst.severity === 'warning') parts.push('Nothing is lost yet.');
  return parts.join(' ');
}

function pausedDetail(run: RunView): string {
  if (isHeld(run)) return 'The run is held before the first update. Nothing has been trained.';
  const reason = run.stateReason;
  const guard = reason?.match(/^paused at (.+)$/)?.[1];
  const why = guard !== undefined ? ` by ${guard}` : reason !== undefined ? `: ${reason}` : '';
  return `The run is paused at step ${run.store.lastStep}${why}.`;
}

function factsOf(run: RunView, worst: PageFinding): Fact[] {
  const early = worst.phase === 'preflight';
  return [
    { label: 'Layer', value: worst.layer ?? 'whole net', note: layerNote(run, worst) },
    { label: early ? 'When' : 'Since', value: `step ${worst.step}`, note: early ? 'before the first update' : sinceNote(run, worst) },
    { label: 'Cause', value: worst.cause, note: causeNote(worst) },
  ];
}

/** Share of the squared gradient norm at the newest finite frame. */
function layerNote(run: RunView, { layer }: PageFinding): string {
  const index = run.start?.layers.findIndex((l) => l.name === layer) ?? -1;
  const row = run.store.count - 1;
  if (layer === null || index < 0 || row < 0) return layer === null ? 'all layers together' : '';
  const total = run.store.series('globalGradNorm')[row] as number;
  const share = ((run.store.layer('gradNorm', index)[row] as number) / total) ** 2;
  return Number.isFinite(share) ? `${Math.round(share * 100)} % of the squared norm` : 'not finite now';
}

function sinceNote(run: RunView, { step }: PageFinding): string {
  const ago = run.store.lastStep - step;
  return ago > 0 ? `${formatCount(ago)} ${ago === 1 ? 'step' : 'steps'} ago` : 'this step';
}

function causeNote({ evidence }: PageFinding): string {
  const rate = evidence[EVIDENCE.learningRate];
  const limit = evidence[EVIDENCE.rateLimit];
  const reach = evidence['largest column'];
  if (typeof rate === 'number' && typeof limit === 'number') return `rate ${formatNumber(rate)}, limit ${formatNumber(limit)}`;
  if (typeof reach === 'string') return `largest input: ${reach}`;
  return typeof rate === 'number' ? `learning rate ${formatNumber(rate)}` : '';
}

/** The first that was proven, else the first for this finding that was not tried in vain. */
function bestFix(fixes: readonly FixCard[], finding: string): FixCard | null {
  const open = fixes.filter(({ trial }) => trial?.verdict !== 'no-effect' && trial?.verdict !== 'worse');
  return open.find(({ trial }) => trial?.verdict === 'fixes') ?? open.find(({ answers }) => answers.includes(finding)) ?? open[0] ?? null;
}
