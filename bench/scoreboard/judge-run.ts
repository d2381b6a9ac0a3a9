import type { FindingEvent } from '../../src/telemetry/events.js';
import type { ScoredCase } from './case-folder.js';
import { harmStep } from './harm.js';
import { PUBLISHED_RULES } from './published-rules.js';
import { accuracyOf, lossShareOf, type RecordedRun } from './record-run.js';

export type Verdict = 'ok' | 'false-alarm' | 'missed' | 'late' | 'broken';

/** One case with one seed, judged. Steps of findings before training are -1. */
export interface Row {
  id: string;
  folder: string;
  class: string;
  seed: number;
  verdict: Verdict;
  /** Step at which harm was done, or null. */
  harm: number | null;
  /** Step of the first finding that names the fault, and which it was. */
  at: number | null;
  by: string | null;
  /** Cause of the first serious finding, and whether it is one of those that are right; null where no cause is expected. */
  cause: string | null;
  causeIsRight: boolean | null;
  /** All findings at warning or error, in order. */
  serious: string[];
  steps: number;
  /** Final loss / the trivial predictor's. */
  lossShare: number;
  accuracy: number | null;
  seconds: number;
  /** Time of the pre-flight, and the same in mean steps of the run. */
  preflightSeconds: number;
  preflightSteps: number;
  /** Updates after the verdict / all updates where trouble stops the run; null where no error was found or it was not tried. */
  afterVerdict: number | null;
  /** Steps at which published rules first fired, in the order of PUBLISHED_RULES. */
  rules: (number | null)[];
  error: string;
}

/** The loss is so small a share of the trivial predictor's that a run has learned. */
const LEARNED = 0.5;

/** Scores a run that was trained to its end whatever was found. */
export function judgeRun(scored: ScoredCase, seed: number, run: RecordedRun): Row {
  const serious = run.findings.filter((finding) => finding.severity !== 'info');
  const hit = serious.filter((finding) => scored.expect?.includes(finding.id)).sort((a, b) => stepOf(a) - stepOf(b))[0];
  const harm = harmStep(run.frames);
  const cause = serious[0]?.cause ?? null;
  return {
    id: scored.id,
    folder: scored.folder,
    class: scored.class,
    seed,
    verdict: verdictOf(scored, run, serious, hit, harm),
    harm,
    at: hit === undefined ? null : stepOf(hit),
    by: hit?.id ?? null,
    cause,
    causeIsRight: scored.causes === undefined || cause === null ? null : scored.causes.includes(cause),
    serious: [...new Set(serious.map((finding) => finding.id))],
    steps: run.end?.steps ?? 0,
    lossShare: lossShareOf(run),
    accuracy: accuracyOf(run),
    seconds: run.ms / 1000,
    ...preflightTime(run),
    afterVerdict: null,
    rules: PUBLISHED_RULES.map((rule) => rule.fires(run.frames)),
    error: run.start === null || run.end === null ? run.errors.trim().split('\n').slice(-2).join(' | ') : '',
  };
}

export function stepOf(finding: FindingEvent): number {
  return finding.phase === 'preflight' ? -1 : finding.step;
}

function verdictOf(
  scored: ScoredCase,
  run: RecordedRun,
  serious: readonly FindingEvent[],
  hit: FindingEvent | undefined,
  harm: number | null,
): Verdict {
  const { start, end } = run;
  if (start === null || end === null) return 'broken';
  if (scored.class === 'healthy') return serious.length > 0 ? 'false-alarm' : 'ok';
  if (hit === undefined) return scored.seedDependent === true && end.loss <= LEARNED * start.baseline.loss ? 'ok' : 'missed';
  return scored.beforeHarm === true && harm !== null && stepOf(hit) > harm ? 'late' : 'ok';
}

function preflightTime({ stateMs, end }: RecordedRun): Pick<Row, 'preflightSeconds' | 'preflightSteps'> {
  const preflight = (stateMs.running ?? NaN) - (stateMs.preflight ?? NaN);
  const ended = stateMs.completed ?? stateMs.diverged ?? stateMs.stopped ?? NaN;
  const perStep = (ended - (stateMs.running ?? NaN)) / (end?.steps ?? NaN);
  return { preflightSeconds: preflight / 1000, preflightSteps: preflight / perStep };
}

/** Share of its updates that a run with onTrouble "stop" made after its first error finding; null where no error was found. */
export function shareAfterVerdict({ findings, end }: RecordedRun): number | null {
  const verdict = findings.find((finding) => finding.severity === 'error');
  if (verdict === undefined || end === null) return null;
  return Math.max(0, end.steps - Math.max(0, stepOf(verdict))) / Math.max(1, end.steps);
}
