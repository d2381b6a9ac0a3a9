import { availableParallelism } from 'node:os';
import { loadConfig } from '../../config/parse-config.js';
import type { FindingEvent } from '../../telemetry/events.js';
import type { RunOptions } from '../../telemetry/trainer-protocol.js';
import type { TrialsMessage, TrialsPhase, TrialsRequest, TrialsResult } from '../../telemetry/trials-protocol.js';
import { readConfigText } from '../read-config.js';
import { type Candidate, type ConfigText, pairCandidates, singleCandidates } from './candidates.js';
import { Diagnosing } from './diagnosing.js';
import { Places } from './places.js';
import { Race } from './race.js';
import { ranked, trialEvent } from './ranking.js';
import { reasonOf } from './reason.js';
import { type CandidateTrial, Trial } from './trial.js';

/** A search under way. */
export interface Search {
  /** Rejects with the AppError of a config or of data that cannot be trained. */
  done: Promise<TrialsResult>;
  /** Ends all trials at once; `done` resolves with status cancelled. */
  cancel(): void;
}

/** Share of a full run that all trials may cost together, the control included. */
const BUDGET_SHARE = 0.5;
/** Fixes tried in the first round, and in the second one, most of them pairs. */
const FIRST_ROUND = 4;
const SECOND_ROUND = 5;
/** The best of both, which may go on where none of them was quick. */
const LAST_ROUND = 2;
/** Time between two progress messages. */
const PROGRESS_MS = 250;

/**
 * Searches for a fix that works: trains the config as it is until it gets into trouble, then tries the fixes for what was found in
 * short runs from the same seed, data order and initial weights, halving their number as they go; then pairs of two on the best
 * where none repairs it. Each trial is a process of its own. What is tried, kept and dropped depends on steps and losses alone,
 * never on time, unless the seconds of the budget end it.
 */
export function searchFix(request: TrialsRequest, tell: (message: TrialsMessage) => void): Search {
  const search = new FixSearch(request, tell);
  return { done: search.run(), cancel: () => search.end('cancelled') };
}

class FixSearch {
  private readonly tried: CandidateTrial[] = [];
  /** Trials with other seeds. */
  private readonly repeats: Trial[] = [];
  private readonly places: Places;
  private readonly started = performance.now();
  private control: Trial | null = null;
  private phase: TrialsPhase = 'diagnosing';
  private over: 'cancelled' | 'seconds' | null = null;
  private outOfSteps = false;

  constructor(
    private readonly request: TrialsRequest,
    private readonly tell: (message: TrialsMessage) => void,
  ) {
    this.places = new Places(Math.max(1, request.processes ?? availableParallelism()));
  }

  async run(): Promise<TrialsResult> {
    const { configFile: file, budget } = this.request;
    const text = this.request.configText ?? (await readConfigText(file));
    const written: ConfigText = { file, text, config: loadConfig(text, file).config };
    const timer = budget?.seconds === undefined ? undefined : setTimeout(() => this.end('seconds'), budget.seconds * 1000);
    const beat = setInterval(() => this.tellProgress(), PROGRESS_MS);
    try {
      const control = (this.control = new Trial(this.optionsFor(text), written.config, this.places));
      const findings = await this.diagnose(control);
      if (findings.some(({ severity }) => severity !== 'info')) await this.tryFixes(written, control, findings);
      return this.finish(control, findings);
    } finally {
      clearTimeout(timer);
      clearInterval(beat);
      await this.endAll();
    }
  }

  /** Ends all trials now. */
  end(why: 'cancelled' | 'seconds'): void {
    this.over ??= why;
    void this.endAll();
  }

  private async diagnose(control: Trial): Promise<FindingEvent[]> {
    const known = this.request.findings ?? [];
    if (this.over !== null) return [];
    try {
      const diagnosing = new Diagnosing(control, known.length > 0, (message) => this.tell(message));
      await diagnosing.run();
    } catch (error) {
      if (this.over === null) throw error;
    }
    const own = control.record.findings;
    return [...own, ...known.filter(({ id }) => !own.some((finding) => finding.id === id))];
  }

  private async tryFixes(written: ConfigText, control: Trial, findings: readonly FindingEvent[]): Promise<void> {
    const serious = findings.filter(({ severity }) => severity !== 'info');
    const singles = singleCandidates(serious, written);
    const first = this.enter(singles.slice(0, FIRST_ROUND), control);
    if (await this.round('trying', first, control)) return;
    const pairs = this.pairs(findings, written);
    const more = singles.slice(FIRST_ROUND);
    const second = Array.from({ length: Math.max(pairs.length, more.length) }, (_, i) => [pairs[i], more[i]]).flat();
    const entrants = this.enter(second.filter((candidate) => candidate !== undefined).slice(0, SECOND_ROUND), control);
    if (await this.round('trying-pairs', entrants, control)) return;
    await this.round('verifying', this.best(LAST_ROUND), control, true);
  }

  /** The best that can still go on. */
  private best(count: number): CandidateTrial[] {
    return ranked(this.tried.filter(({ trial }) => trial.isOpen)).slice(0, count);
  }

  /** Pairs on the two best so far, more of the best. */
  private pairs(findings: readonly FindingEvent[], written: ConfigText): Candidate[] {
    const seen = new Set(this.tried.map(({ candidate }) => candidate.text));
    const [best = [], next = []] = ranked(this.tried)
      .filter(({ record }) => record.failure === null)
      .slice(0, 2)
      .map(({ candidate, record }) => pairCandidates(candidate, record, findings, written).filter(({ text }) => !seen.has(text)));
    return [best[0], best[1], next[0], best[2], next[1]].filter((candidate) => candidate !== undefined);
  }

  /** True where one of them is verified. The two best that are not wait for the last round, the others end here. */
  private async round(phase: TrialsPhase, entrants: readonly CandidateTrial[], control: Trial, isLast = false): Promise<boolean> {
    if (this.over !== null || entrants.length === 0) return false;
    this.phase = phase;
    const race = new Race(entrants, {
      control,
      isLast,
      budgetShare: this.request.budget?.share ?? BUDGET_SHARE,
      spent: () => this.spent(),
      again: ({ candidate }, seed) => {
        const trial = this.trialOf(candidate, control, seed);
        this.repeats.push(trial);
        return trial;
      },
      isOver: () => this.over !== null,
      phase: (now) => (this.phase = now),
    });
    const winner = await race.run();
    this.outOfSteps ||= race.outOfSteps;
    const kept = new Set(this.best(LAST_ROUND));
    await Promise.all(this.tried.filter((tried) => !kept.has(tried)).map(({ trial }) => trial.end()));
    return winner;
  }

  private enter(candidates: readonly Candidate[], control: Trial): CandidateTrial[] {
    const entrants = candidates.map((candidate) => {
      const trial = this.trialOf(candidate, control);
      return { candidate, trial, record: trial.record, verified: false, seeds: 1, seedsPassed: 1 };
    });
    this.tried.push(...entrants);
    return entrants;
  }

  private trialOf(candidate: Candidate, control: Trial, seed?: number): Trial {
    const engine = control.record.start?.engine as RunOptions['engine'];
    return new Trial({ ...this.optionsFor(candidate.text), engine, ...(seed === undefined ? {} : { seed }) }, candidate.config, this.places); // prettier-ignore
  }

  private optionsFor(configText: string): RunOptions {
    const { configFile, trusted, tensorflowPath, seed, engine } = this.request;
    return {
      configFile,
      configText,
      trusted,
      onTrouble: 'continue',
      ...(tensorflowPath === undefined ? {} : { tensorflowPath }),
      ...(seed === undefined ? {} : { seed }),
      ...(engine === undefined ? {} : { engine }),
    };
  }

  private finish(control: Trial, findings: FindingEvent[]): TrialsResult {
    const trials = ranked(this.tried).map((tried) => trialEvent(tried, control.record));
    const [first = null] = trials;
    const best = first !== null && (first.verdict === 'fixes' || first.verdict === 'helps') ? first : null;
    const isTroubled = findings.some(({ severity }) => severity !== 'info');
    const found = best === null ? 'none' : best.verdict === 'fixes' ? 'fixed' : 'helps';
    const status = this.over === 'cancelled' ? 'cancelled' : isTroubled ? found : 'healthy';
    const fullRun = control.record.start?.plannedSteps ?? 0;
    const steps = this.spent();
    const ended = this.over === 'seconds' ? 'seconds' : this.outOfSteps && found !== 'fixed' ? 'share' : null;
    const outcome = { status, best, trials, steps, fullRun, ended, findings } as const;
    const result: TrialsResult = {
      event: 'result',
      ...outcome,
      reason: reasonOf(outcome),
      cost: fullRun > 0 ? steps / fullRun : 0,
      seconds: (performance.now() - this.started) / 1000,
      engine: control.record.start?.engine ?? '',
    };
    this.tell({ type: 'result', result });
    return result;
  }

  /** Updates of all trials so far. */
  private spent(): number {
    return this.all.reduce((sum, { record }) => sum + record.steps, 0);
  }

  /** Every trial begun, the control first. */
  private get all(): Trial[] {
    return [...(this.control === null ? [] : [this.control]), ...this.tried.map(({ trial }) => trial), ...this.repeats];
  }

  private tellProgress(): void {
    const trials = this.tried.map(({ trial, candidate }) => trial.progress(candidate));
    const shown = [...(this.control === null ? [] : [this.control.progress(null)]), ...trials];
    const fullRun = this.control?.record.start?.plannedSteps ?? Infinity;
    const spent = this.all.reduce((sum, { steps }) => sum + steps, 0) / fullRun;
    this.tell({ type: 'progress', phase: this.phase, spent, seconds: (performance.now() - this.started) / 1000, trials: shown });
  }

  private async endAll(): Promise<void> {
    await Promise.all(this.all.map((trial) => trial.end()));
  }
}
