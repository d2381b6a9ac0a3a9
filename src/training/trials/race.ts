import type { TrialsPhase } from '../../telemetry/trials-protocol.js';
import { ranked } from './ranking.js';
import { isHopeless, pastPeak, rung, rungAfter, survivors, verificationSteps } from './rungs.js';
import type { CandidateTrial, Trial } from './trial.js';

/** Where the outcome hangs on the initial draw or on single rows, another draw has to confirm it. */
const SEED_DEPENDENT: ReadonlySet<string> = new Set([
  'dead-units',
  'saturated-units',
  'vanishing-gradients',
  'bad-initialization',
  'gradient-spike',
  'oscillating-loss',
  'plateau',
]);
/** A run that stands still does so from its start: a repair shows as soon as it learns, whenever the standstill was told. */
const STANDSTILL: ReadonlySet<string> = new Set(['dead-units', 'saturated-units', 'vanishing-gradients', 'learning-rate-low']);
/** Where nothing is proven yet, one trial alone may go on to so many times the budget. */
const OVERDRAFT = 2;

/** What a race is run in. */
export interface RaceTrack {
  control: Trial;
  /** There is nothing else to try: also those go on that seem too slow. */
  isLast: boolean;
  /** Updates of all trials together, as a share of a full run. */
  budgetShare: number;
  spent(): number;
  /** The same candidate with another seed. */
  again(trial: CandidateTrial, seed: number): Trial;
  isOver(): boolean;
  phase(now: TrialsPhase): void;
}

/**
 * Successive halving: all entrants go to a first look, the better half to twice as many updates, and so on, until one is repaired; that
 * one goes on to the length a verification asks for. Where it fails there, the next best goes on.
 */
export class Race {
  /** There was more to try, but no budget for it. */
  outOfSteps = false;
  private readonly fullRun: number;
  private readonly verified: number;
  private readonly budget: number;

  constructor(
    private readonly entrants: readonly CandidateTrial[],
    private readonly track: RaceTrack,
  ) {
    const { start, findings } = track.control.record;
    this.fullRun = start?.plannedSteps ?? 0;
    const trouble = findings.find(({ id, severity, phase }) => severity !== 'info' && phase === 'training' && !STANDSTILL.has(id));
    this.verified = verificationSteps(this.fullRun, trouble?.step ?? 0);
    // Trouble that comes late takes as long to rule out.
    this.budget = Math.max(track.budgetShare * this.fullRun, track.control.record.steps + this.verified + entrants.length * this.first);
  }

  /** True where one of the entrants is verified. */
  async run(): Promise<boolean> {
    if (!this.track.isLast) await this.advance(this.entrants, this.first);
    while (!this.track.isOver()) {
      const open = ranked(this.entrants.filter(isInRace));
      const leader = open[0];
      if (leader === undefined) break;
      if (leader.record.isRepaired && leader.record.steps >= this.lengthFor(leader)) {
        if (await this.confirm(leader)) return true;
        continue;
      }
      const next = this.next(open, leader);
      if (next === null) break;
      await this.advance(next.group, next.upTo);
    }
    return this.entrants.some(({ verified }) => verified);
  }

  /** Updates over which its repair has to hold: past the highest learning rate of its schedule. */
  private lengthFor({ candidate }: CandidateTrial): number {
    return Math.min(this.fullRun, Math.max(this.verified, pastPeak(candidate.config, this.fullRun)));
  }

  private get first(): number {
    return rung(0, this.fullRun);
  }

  /** Who goes on, and how far; null where nobody does. */
  private next(open: readonly CandidateTrial[], leader: CandidateTrial): { group: CandidateTrial[]; upTo: number } | null {
    const { record } = leader;
    if (record.isRepaired) return this.ifPaid([leader], Math.max(record.steps + 1, this.lengthFor(leader)), OVERDRAFT);
    if (!this.track.isLast && isHopeless(record, this.fullRun)) return null;
    const upTo = rungAfter(record.steps, this.fullRun);
    const count = survivors(open.map((entrant) => entrant.record.shareAt()));
    const group = open.filter((entrant, i) => i < count || this.isFavourite(entrant));
    return this.ifPaid(group, upTo, this.track.isLast ? OVERDRAFT : 1) ?? this.ifPaid([leader], upTo, OVERDRAFT);
  }

  /** The first candidate answers the cause: it is not left behind before the fall of its loss tells where it will end. */
  private isFavourite(entrant: CandidateTrial): boolean {
    return !this.track.isLast && entrant === this.entrants[0] && !isHopeless(entrant.record, this.fullRun);
  }

  private ifPaid(group: CandidateTrial[], upTo: number, overdraft: number): { group: CandidateTrial[]; upTo: number } | null {
    const cost = group.reduce((sum, { record }) => sum + Math.max(0, upTo - record.steps), 0);
    if (this.track.spent() + cost <= overdraft * this.budget) return { group, upTo };
    if (group.length === 1) this.outOfSteps = true;
    return null;
  }

  private async advance(group: readonly CandidateTrial[], upTo: number): Promise<void> {
    await Promise.all(group.map(({ trial }) => trial.advanceTo(upTo)));
  }

  /** Marks the leader as verified. False where it fails with another seed, if the outcome hangs on the seed: others may do better. */
  private async confirm(leader: CandidateTrial): Promise<boolean> {
    leader.verified = true;
    const { findings, start } = this.track.control.record;
    const depends = findings.some(({ id, severity }) => severity !== 'info' && SEED_DEPENDENT.has(id));
    const steps = Math.min(leader.record.steps, Math.max(this.first, 2 * repairedAt(leader)));
    if (!depends || start === null || this.track.spent() + steps > this.budget) return true;
    this.track.phase('confirming');
    const again = this.track.again(leader, start.seed + 1);
    await again.advanceTo(steps);
    await again.end();
    if (this.track.isOver()) return true;
    leader.seeds += 1;
    if (again.record.isRepaired) leader.seedsPassed += 1;
    return again.record.isRepaired;
  }
}

/** Nothing is wrong with it, and there is more to see of it, or all there is shows a repair. */
function isInRace({ trial, record, verified }: CandidateTrial): boolean {
  return !verified && (trial.isOpen || (record.ended && record.isRepaired));
}

/** The first step at which the loss was half of the trivial predictor's; all of its steps where only the accuracy tells. */
function repairedAt({ record }: CandidateTrial): number {
  const point = record.curve(record.steps).find(([, share]) => share <= 0.5);
  return point?.[0] ?? record.steps;
}
