import { DETECTORS } from '../../src/diagnosis/detectors.js';
import type { Row } from './judge-run.js';
import { PUBLISHED_RULES } from './published-rules.js';

export interface Summary {
  runs: number;
  broken: number;
  faulty: number;
  detected: number;
  missed: number;
  late: number;
  healthy: number;
  falseAlarms: number;
  exploding: number;
  beforeTraining: number;
  /** Median steps from the warning to harm, of the exploding runs that did harm; -1 counts as one step before the first. */
  medianLead: number;
  causesKnown: number;
  causesRight: number;
  /** Largest share of updates after the verdict where trouble stops the run; null where it was not tried. */
  afterVerdict: number | null;
  medianPreflightSteps: number;
  /** Runs whose pre-flight took more than 10 steps' time and more than 2 s. */
  longPreflights: number;
  seconds: number;
}

/** What one rule, ours or a published one, does on the same runs. */
export interface RuleScore {
  name: string;
  source: string;
  /** Exploding runs that did harm: fired at or before it. */
  inTime: number;
  exploding: number;
  /** All faulty runs: fired at all. */
  fired: number;
  /** Healthy runs it fired on. */
  falseAlarms: number;
  healthy: number;
}

const PREFLIGHT_STEPS = 10;
const PREFLIGHT_SECONDS = 2;

export function summarise(rows: readonly Row[]): Summary {
  const count = (test: (row: Row) => boolean) => rows.filter(test).length;
  const exploding = rows.filter(didHarm);
  const after = rows.map((row) => row.afterVerdict).filter((share) => share !== null);
  return {
    runs: rows.length,
    broken: count((row) => row.verdict === 'broken'),
    faulty: count(isFaulty),
    detected: count((row) => isFaulty(row) && (row.verdict === 'ok' || row.verdict === 'late')),
    missed: count((row) => row.verdict === 'missed'),
    late: count((row) => row.verdict === 'late'),
    healthy: count((row) => !isFaulty(row)),
    falseAlarms: count((row) => row.verdict === 'false-alarm'),
    exploding: exploding.length,
    beforeTraining: exploding.filter((row) => row.at === -1).length,
    medianLead: median(exploding.flatMap((row) => (row.at === null ? [] : [(row.harm as number) - row.at]))),
    causesKnown: count((row) => row.causeIsRight !== null),
    causesRight: count((row) => row.causeIsRight === true),
    afterVerdict: after.length === 0 ? null : Math.max(...after),
    medianPreflightSteps: median(rows.map((row) => row.preflightSteps).filter(Number.isFinite)),
    longPreflights: count((row) => row.preflightSteps > PREFLIGHT_STEPS && row.preflightSeconds > PREFLIGHT_SECONDS),
    seconds: rows.reduce((sum, row) => sum + row.seconds, 0),
  };
}

/** All of ours together, then published rules. */
export function scoreRules(rows: readonly Row[]): RuleScore[] {
  const ours = score('Gradwatch', 'all findings at warning or error', rows, (row) =>
    row.serious.length === 0 ? null : (row.at ?? Infinity),
  );
  return [ours, ...PUBLISHED_RULES.map(({ name, source }, i) => score(name, source, rows, (row) => row.rules[i] ?? null))];
}

function score(name: string, source: string, rows: readonly Row[], firedAt: (row: Row) => number | null): RuleScore {
  const exploding = rows.filter(didHarm);
  const healthy = rows.filter((row) => !isFaulty(row));
  const fired = (row: Row) => firedAt(row) !== null;
  return {
    name,
    source,
    inTime: exploding.filter((row) => (firedAt(row) ?? Infinity) <= (row.harm as number)).length,
    exploding: exploding.length,
    fired: rows.filter((row) => isFaulty(row) && fired(row)).length,
    falseAlarms: healthy.filter(fired).length,
    healthy: healthy.length,
  };
}

/** What each kind of finding does. */
export interface FindingScore {
  id: string;
  /** Faulty runs it was said of at warning or error, and those it was the first to name. */
  faulty: number;
  first: number;
  /** Runs whose first serious finding it was, where the right cause is known, and those where it was named. */
  causesKnown: number;
  causesRight: number;
  falseAlarms: number;
}

export function scoreFindings(rows: readonly Row[]): FindingScore[] {
  return DETECTORS.map(({ id }) => {
    const said = rows.filter((row) => row.serious.includes(id));
    const leads = said.filter((row) => row.serious[0] === id && row.causeIsRight !== null);
    return {
      id,
      faulty: said.filter(isFaulty).length,
      first: rows.filter((row) => row.by === id).length,
      causesKnown: leads.length,
      causesRight: leads.filter((row) => row.causeIsRight === true).length,
      falseAlarms: said.filter((row) => !isFaulty(row)).length,
    };
  });
}

export function isFaulty(row: Row): boolean {
  return row.class !== 'healthy';
}

function didHarm(row: Row): boolean {
  return row.class === 'exploding' && row.harm !== null;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}
