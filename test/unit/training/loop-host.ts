import type { Frame } from '../../../src/telemetry/events.js';
import type { LoopHost, Verdict, Word } from '../../../src/training/loop.js';
import type { Progress } from '../../../src/training/progress.js';

/** A host that lets everything pass and writes down what it hears. */
export class RecordingHost implements LoopHost {
  risk = 0;
  readonly frames: Frame[] = [];
  readonly epochs: { loss: number; metrics: Record<string, number> }[] = [];
  /** Steps at which updates were held back. */
  readonly holds: number[] = [];

  constructor(private readonly options: { verdict?: (frame: Frame) => Verdict; stopAt?: number; stopOnHold?: boolean } = {}) {}

  async gate(step: number): Promise<Word> {
    return step === this.options.stopAt ? 'stop' : 'go';
  }

  judge(frame: Frame): Verdict {
    this.frames.push(frame);
    return this.options.verdict?.(frame) ?? 'commit';
  }

  async hold(step: number): Promise<Word> {
    this.holds.push(step);
    return this.options.stopOnHold === true ? 'stop' : 'go';
  }

  async epochEnd(progress: Progress): Promise<boolean> {
    this.epochs.push({ loss: progress.epochLoss, metrics: progress.metrics });
    return false;
  }
}
