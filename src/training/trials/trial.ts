import { AppError } from '../../config/app-error.js';
import type { RunOptions } from '../../telemetry/trainer-protocol.js';
import type { TrialProgress } from '../../telemetry/trials-protocol.js';
import { type Candidate, nameOf, titleOf } from './candidates.js';
import type { Places } from './places.js';
import type { Tried } from './ranking.js';
import { TrialProcess } from './trial-process.js';
import { TrialRecord } from './trial-record.js';

/** One config under trial: its process and what that has told. */
export class Trial {
  readonly record: TrialRecord;
  private readonly process: TrialProcess;
  private state: TrialProgress['state'] = 'waiting';
  private lastStep = 0;
  private isEnding = false;

  constructor(
    options: RunOptions,
    config: Candidate['config'],
    private readonly places: Places,
  ) {
    this.record = new TrialRecord(config);
    this.process = new TrialProcess(options, (steps) => (this.lastStep = steps));
  }

  /** It may go on: nothing is wrong with it, and its run is not over. */
  get isOpen(): boolean {
    return this.record.stopped === null && !this.record.ended && !this.isEnding;
  }

  /** As far as this number of updates, or the next thing to decide about. Throws AppError where its process fails. */
  async advance(upTo: number): Promise<void> {
    await this.places.run(async () => {
      this.state = 'running';
      try {
        this.record.add(await this.process.advance(upTo));
      } catch (error) {
        if (!this.isEnding) this.record.failure = AppError.is(error) ? error.message : String(error);
        throw error;
      } finally {
        this.state = this.endState();
      }
    });
  }

  /**
   * As `advance`, on through warnings, and through errors found before training: what they do to the loss is worth a look. Does not throw:
   * a trial that fails only fails itself.
   */
  async advanceTo(steps: number): Promise<void> {
    try {
      do await this.advance(steps);
      while (this.mayGoOn() && this.record.steps < steps);
    } catch {
      // The record has it.
    }
    if (!this.isOpen) await this.end();
  }

  /** Ends its process; resolves when it is gone. */
  end(): Promise<void> {
    if (this.state === 'waiting' || this.state === 'running') this.state = 'dropped';
    this.isEnding = true;
    return this.process.kill();
  }

  /** Updates made, those of the stretch it is on included: for people, since it depends on time. Decisions rest on `record.steps`. */
  get steps(): number {
    return Math.max(this.record.steps, this.lastStep);
  }

  progress(candidate: Candidate | null): TrialProgress {
    const { record, state } = this;
    return {
      fix: candidate === null ? null : nameOf(candidate),
      title: candidate === null ? 'The config as it is' : titleOf(candidate),
      steps: this.steps,
      share: record.steps === 0 ? NaN : record.shareAt(),
      state,
    };
  }

  private mayGoOn(): boolean {
    const { error, lost, ended } = this.record;
    return !lost && !ended && (error === null || error.phase === 'preflight');
  }

  private endState(): TrialProgress['state'] {
    const { failure, lost, ended } = this.record;
    if (failure !== null) return 'crashed';
    return lost ? 'lost' : ended ? 'ended' : 'waiting';
  }
}

/** A candidate under trial. */
export interface CandidateTrial extends Tried {
  trial: Trial;
}
