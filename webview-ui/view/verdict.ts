import { EVIDENCE } from '../../src/diagnosis/finding.js';
import { isInVain } from '../../src/fixes/answers.js';
import type { Severity } from '../../src/telemetry/events.js';
import type { FixCard, PageFinding } from '../../src/telemetry/page-protocol.js';
import type { RunView } from '../run/dashboard-state.js';
import { formatCount, formatNumber, formatShare } from '../scales/format.js';
import { forecastsOf } from './forecast.js';
import { baselineLoss, isHeld, isOver } from './run-facts.js';
import { say, sayMessage } from '../language/language.js';

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
  const at = run.store.count > 0 ? ` ${say('The last step that was reported is {0}.', run.store.lastStep)}` : '';
  return {
    level: 'bad',
    icon: 'error',
    tone: 'error',
    headline: run.error?.message ?? say('The run failed'),
    detail: (run.error?.action ?? say('The log says why.')) + at,
    facts: [],
    finding: null,
    fix: null,
  };
}

function calm(run: RunView): Verdict {
  const base = { level: 'calm' as const, facts: [], finding: null, fix: null };
  if (run.state === 'starting' || run.state === 'preflight')
    return { ...base, icon: 'circle-large', tone: 'neutral', headline: say('No verdict yet'), detail: startingDetail(run) };
  if (run.store.count === 0) return { ...base, icon: 'circle-large', tone: 'neutral', headline: say('No steps yet'), detail: '' };
  if (run.state === 'diverged')
    return { ...base, level: 'bad', icon: 'error', tone: 'error', headline: say('The run diverged'), detail: lossDetail(run) };
  return {
    ...base,
    icon: 'pass',
    tone: 'ok',
    headline: run.state === 'completed' ? say('Completed, healthy') : say('Healthy'),
    detail: run.state === 'paused' && run.stateReason !== 'paused' ? `${pausedDetail(run)} ${lossDetail(run)}` : lossDetail(run),
  };
}

function startingDetail(run: RunView): string {
  return run.state === 'preflight'
    ? say('Dry updates on a copy of the weights show what the first ones would do. Nothing has been trained.')
    : say('The trainer is loading the data and building the model.');
}

function lossDetail(run: RunView): string {
  const growing = run.store.evidence.some((e) => e.name === EVIDENCE.growth && !(e.value <= e.limit));
  return `${lossSentence(run)}${growing || isOver(run) ? '' : ` ${say('No layer is growing.')}`}`;
}

function lossSentence(run: RunView): string {
  const baseline = baselineLoss(run);
  const loss = recentLoss(run);
  if (baseline === null || !Number.isFinite(loss)) return say('The loss is {0}.', formatNumber(loss));
  return say('The loss is {0} of the baseline.', formatShare(loss / baseline));
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
      say(
        'Diverges in about {0} steps, near step {1}: the loss then passes 10 times its first value.',
        formatCount(harm.step - run.store.lastStep),
        formatCount(harm.step),
      ),
    );
  else if (worst.stepsToOverflow !== null && worst.stepsToOverflow > 0 && !isOver(run))
    parts.push(
      say(
        'Overflows in about {0} steps, near step {1}.',
        formatNumber(worst.stepsToOverflow),
        formatCount(worst.step + worst.stepsToOverflow),
      ),
    );
  if (run.state === 'paused') parts.push(pausedDetail(run));
  if (run.end?.steps === 0) return say('The run ended before its first update. Nothing has been trained.');
  if (run.state === 'diverged') parts.push(`${say('Training stopped at step {0}.', run.store.lastStep)} ${lossSentence(run)}`);
  const [forecast] = run.forecasts.filter(({ actual }) => actual !== null);
  if (forecast !== undefined)
    parts.push(say('Overflow was forecast at step {0} in {1} steps; it was {2}.', forecast.step, forecast.steps, forecast.actual ?? ''));
  if (run.state === 'completed') parts.push(say('The run is complete.'));
  if (run.state === 'stopped') parts.push(say('The run was stopped at step {0}.', Math.max(0, run.store.lastStep)));
  if (run.state === 'running' && worst.severity === 'warning') parts.push(say('Nothing is lost yet.'));
  return parts.join(' ');
}

function pausedDetail(run: RunView): string {
  if (isHeld(run)) return say('The run is held before the first update. Nothing has been trained.');
  const reason = run.stateReason;
  const guard = reason?.match(/^paused at (.+)$/)?.[1];
  const step = run.store.lastStep;
  if (guard !== undefined) return say('The run is paused at step {0} by {1}.', step, guard);
  return reason === undefined
    ? say('The run is paused at step {0}.', step)
    : say('The run is paused at step {0}: {1}.', step, sayMessage(reason));
}

function factsOf(run: RunView, worst: PageFinding): Fact[] {
  const early = worst.phase === 'preflight';
  return [
    { label: say('Layer'), value: worst.layer ?? say('whole net'), note: layerNote(run, worst) },
    {
      label: early ? say('When') : say('Since'),
      value: say('step {0}', worst.step),
      note: early ? say('before the first update') : sinceNote(run, worst),
    },
    { label: say('Cause'), value: worst.cause, note: causeNote(worst) },
  ];
}

/** Share of the squared gradient norm at the newest finite frame. */
function layerNote(run: RunView, { layer }: PageFinding): string {
  const index = run.start?.layers.findIndex((l) => l.name === layer) ?? -1;
  const row = run.store.count - 1;
  if (layer === null || index < 0 || row < 0) return layer === null ? say('all layers together') : '';
  const total = run.store.series('globalGradNorm')[row] as number;
  const share = ((run.store.layer('gradNorm', index)[row] as number) / total) ** 2;
  return Number.isFinite(share) ? say('{0} % of the squared norm', Math.round(share * 100)) : say('not finite now');
}

function sinceNote(run: RunView, { step }: PageFinding): string {
  const ago = run.store.lastStep - step;
  return ago > 0 ? (ago === 1 ? say('1 step ago') : say('{0} steps ago', formatCount(ago))) : say('this step');
}

function causeNote({ evidence }: PageFinding): string {
  const rate = evidence[EVIDENCE.learningRate];
  const limit = evidence[EVIDENCE.rateLimit];
  const reach = evidence['largest column'];
  if (typeof rate === 'number' && typeof limit === 'number') return say('rate {0}, limit {1}', formatNumber(rate), formatNumber(limit));
  if (typeof reach === 'string') return say('largest input: {0}', reach);
  return typeof rate === 'number' ? say('learning rate {0}', formatNumber(rate)) : '';
}

/** The first that was proven, else the first for this finding that was not tried in vain. */
function bestFix(fixes: readonly FixCard[], finding: string): FixCard | null {
  const open = fixes.filter(({ trial }) => !isInVain(trial));
  return open.find(({ trial }) => trial?.verdict === 'fixes') ?? open.find(({ answers }) => answers.includes(finding)) ?? open[0] ?? null;
}
