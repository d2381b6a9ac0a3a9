/** Summary of the samples in a window, in the unit of the samples. */
export interface SampleSummary {
  count: number;
  p50: number;
  p95: number;
  max: number;
}

/** The last `size` samples of a duration. */
export class SampleWindow {
  private readonly samples: Float64Array;
  private total = 0;

  constructor(size = 2048) {
    this.samples = new Float64Array(size);
  }

  add(value: number): void {
    this.samples[this.total % this.samples.length] = value;
    this.total += 1;
  }

  summary(): SampleSummary {
    const count = Math.min(this.total, this.samples.length);
    const sorted = this.samples.slice(0, count).sort();
    const quantile = (q: number) => sorted[Math.min(count - 1, Math.ceil(q * count) - 1)] ?? 0;
    return { count: this.total, p50: quantile(0.5), p95: quantile(0.95), max: sorted[count - 1] ?? 0 };
  }
}
