/** Times a run: training without its pauses, and the telemetry within it. */
export class StopWatch {
  private readonly created = performance.now();
  private started: number | null = null;
  private trainingMs = 0;
  private pausedMs = 0;
  private telemetryMs = 0;
  private othersBefore = 0;

  /** The loop begins; `others` are seconds of telemetry measured elsewhere so far, by the pre-flight. */
  start(others: number): void {
    this.othersBefore = others;
    this.started = performance.now();
  }

  /** The loop has ended. */
  stop(): void {
    this.trainingMs = this.sinceStart();
    this.started = null;
  }

  /** Does work that only watching costs. */
  telemetry<T>(work: () => T): T {
    const before = performance.now();
    try {
      return work();
    } finally {
      this.telemetryMs += performance.now() - before;
    }
  }

  /** Waits for something that is no part of training: a pause, an evaluation. */
  async pausedWhile<T>(wait: Promise<T>): Promise<T> {
    const before = performance.now();
    try {
      return await wait;
    } finally {
      this.pausedMs += performance.now() - before;
    }
  }

  /** Seconds since it was made. */
  get seconds(): number {
    return (performance.now() - this.created) / 1000;
  }

  /** Share of the training time spent on telemetry, 0..1; `others` are seconds of telemetry measured elsewhere, as for `start`. */
  share(others: number): number {
    const training = this.trainingMs === 0 ? this.sinceStart() : this.trainingMs;
    const stepping = training - this.pausedMs;
    return stepping > 0 ? Math.min(1, (this.telemetryMs + (others - this.othersBefore) * 1000) / stepping) : 0;
  }

  private sinceStart(): number {
    return this.started === null ? this.trainingMs : performance.now() - this.started;
  }
}
