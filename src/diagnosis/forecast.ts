import type { FindingEvent, ForecastEvent, Frame } from '../telemetry/events.js';

interface Forecast {
  finding: string;
  step: number;
  steps: number;
}

/**
 * Remembers when findings said that numbers would overflow, and scores it by the first frame whose loss or gradient is not
 * finite: "said 40 steps at step 60, it was 35". Pure; feed it frames and findings in order.
 */
export class ForecastBook {
  private forecasts: Forecast[] = [];
  private overflow: number | null = null;

  frame({ step, loss, globalGradNorm, layers }: Frame): void {
    if (this.overflow !== null) return;
    const finite = Number.isFinite(loss) && Number.isFinite(globalGradNorm) && layers.every((layer) => layer.nonFinite === 0);
    if (!finite) this.overflow = step;
  }

  finding({ id, step, stepsToOverflow }: FindingEvent): void {
    if (stepsToOverflow !== null && stepsToOverflow > 0) this.forecasts.push({ finding: id, step, steps: stepsToOverflow });
  }

  /** The run went back to `step`: what was said and seen from there on has not come to pass. */
  goBackTo(step: number): void {
    this.forecasts = this.forecasts.filter((forecast) => forecast.step < step);
    if (this.overflow !== null && this.overflow >= step) this.overflow = null;
  }

  /** The score of each forecast at the end of the run; `actual` is null where nothing overflowed. */
  scores(): ForecastEvent[] {
    const { overflow } = this;
    return this.forecasts.map((said) => ({ event: 'forecast', ...said, actual: overflow === null ? null : overflow - said.step }));
  }
}
