/** Time the rate is taken over. */
const SPAN_MS = 2000;
/** Below this there is nothing to divide by yet. */
const LEAST_SPAN_MS = 250;

/** Steps per second as seen by the page, over the last two seconds of frames that arrived. */
export class Pace {
  private readonly notes: { step: number; time: number }[] = [];

  /** Frames up to `step` have arrived at `time` (milliseconds). */
  note(step: number, time: number): void {
    const last = this.notes.at(-1);
    if (last !== undefined && step < last.step) this.reset();
    this.notes.push({ step, time });
    while (this.notes.length > 2 && time - (this.notes[0]?.time ?? time) > SPAN_MS) this.notes.shift();
  }

  /** The run was interrupted: what came before says nothing about its speed. */
  reset(): void {
    this.notes.length = 0;
  }

  /** Steps per second; null until it is known. */
  get stepsPerSecond(): number | null {
    const first = this.notes[0];
    const last = this.notes.at(-1);
    if (first === undefined || last === undefined || last.time - first.time < LEAST_SPAN_MS) return null;
    return ((last.step - first.step) / (last.time - first.time)) * 1000;
  }
}
