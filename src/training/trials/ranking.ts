import type { TrialEvent } from '../../telemetry/events.js';
import { type Candidate, nameOf, titleOf } from './candidates.js';
import type { TrialRecord } from './trial-record.js';

/** A candidate and what its trial has shown so far. */
export interface Tried {
  candidate: Candidate;
  record: TrialRecord;
  /** It was repaired over the whole length a verification asks for, and with `seedsPassed` of `seeds` seeds. */
  verified: boolean;
  seeds: number;
  seedsPassed: number;
}

/** Losses closer than this factor are equal: the order of the causes decides. */
const SAME = 1.1;
/** Losses far below what a repair asks for are equal too: an early look does not tell which of them holds, and causes come first. */
const LOW_SHARE = 0.2;
/** Loss / control's that is better, and worse. */
const BETTER = 0.9;
const WORSE = 1.1;
/** Points of a curve that is shown. */
const CURVE_POINTS = 32;

/**
 * Best first: verified before not, without an error before with one, then by the loss (as a share of the trivial predictor's), then in
 * the order of the candidates, where causes come first and pairs last. Losses are those of the last steps made: in a race all have made
 * as many, and of those that left it the better ones have made more.
 */
export function ranked<T extends Tried>(tried: readonly T[]): T[] {
  const keyOf = (t: Tried): number[] => [
    t.verified ? 0 : 1,
    t.verified ? t.seeds - t.seedsPassed : 0,
    standingOf(t.record),
    bucket(shareThere(t.record, t.record.steps)),
  ];
  const keyed = tried.map((t) => ({ t, key: keyOf(t) }));
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ t }) => t);
}

/** 0 in order, 1 with an error finding, 2 lost, 3 crashed. */
function standingOf(record: TrialRecord): number {
  if (record.failure !== null) return 3;
  if (record.lost) return 2;
  return record.error === null ? 0 : 1;
}

/** A loss that is lost stays so. */
function shareThere(record: TrialRecord, step: number): number {
  if (record.lost && step >= record.steps) return Infinity;
  return record.shareAt(Math.min(step, record.steps));
}

function bucket(share: number): number {
  return Number.isFinite(share) ? Math.round(Math.log(Math.max(share, LOW_SHARE)) / Math.log(SAME)) : Infinity;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const [x = 0, y = 0] = [a[i], b[i]];
    if (x !== y) return x - y;
  }
  return 0;
}

/** The verdict on a trial beside the control, after as many updates as both have made; a control that is lost counts as lost from there on. */
export function verdictOf({ record, verified }: Tried, control: TrialRecord): TrialEvent['verdict'] {
  if (verified) return 'fixes';
  if (record.failure !== null) return 'no-effect';
  const step = comparedAt(record, control);
  const mine = shareThere(record, step);
  const theirs = shareThere(control, step);
  if (!Number.isFinite(mine)) return Number.isFinite(theirs) ? 'worse' : 'no-effect';
  if (mine <= BETTER * theirs) return 'helps';
  return mine > WORSE * theirs ? 'worse' : 'no-effect';
}

function comparedAt(record: TrialRecord, control: TrialRecord): number {
  return control.lost ? record.steps : Math.min(record.steps, control.steps);
}

/** The event of a trial. */
export function trialEvent(tried: Tried, control: TrialRecord): TrialEvent {
  const { candidate, record, seeds } = tried;
  const step = comparedAt(record, control);
  const { stopped, accuracy } = record;
  return {
    event: 'trial',
    fix: nameOf(candidate),
    edits: [...candidate.edits],
    verdict: verdictOf(tried, control),
    loss: record.lossAt(),
    control: control.lost ? (control.lossAt() > 0 ? Infinity : NaN) : control.lossAt(step),
    steps: record.steps,
    seeds,
    seconds: record.seconds,
    title: titleOf(candidate),
    why: candidate.fixes.map(({ why }) => why).join(' '),
    live: candidate.fixes.every(({ live }) => live),
    share: record.shareAt(),
    controlShare: shareThere(control, step),
    comparedAt: step,
    ...(accuracy === null ? {} : { accuracy }),
    worstNorm: record.worstNorm,
    controlWorstNorm: control.worstNorm,
    found: record.findings.filter(({ severity }) => severity !== 'info').map(({ id }) => id),
    ...(stopped === null ? {} : { stopped }),
    curve: record.curve(CURVE_POINTS),
    controlCurve: control.curve(CURVE_POINTS),
  };
}
