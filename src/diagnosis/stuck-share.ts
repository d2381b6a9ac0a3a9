import type { Frame, LayerStats } from '../telemetry/events.js';
import type { DetectorContext } from './detector.js';
import { isLateInRun } from './late-in-run.js';

/** Frames over which a share must stay above its limit. */
const PATIENCE = 60;
/** From this share on the layer is lost; below it the rest of its units may learn, and half of the run is waited for. */
const CERTAIN = 0.99;
/** A loss that falls below this share of itself within half of the way is on its way, stuck units or not. */
const STALLED_SHARE = 0.9;

export interface StuckLayer {
  /** In the layers of the frames. */
  layer: number;
  share: number;
  /** Its first probe was below the limit. */
  wasAlive: boolean;
}

/**
 * Follows a share that is probed now and then: what a probe said holds until the next one. `estimate` stands in where a layer was
 * never probed. Says the first layer whose share was at least `limit` throughout 60 frames while the loss did not fall, once;
 * below 0.99 not before half of the run.
 */
export class StuckShare {
  private readonly last: (number | undefined)[];
  private readonly since: number[];
  private said = false;
  private readonly first: (number | undefined)[];

  constructor(
    private readonly layers: readonly number[],
    private readonly limit: number,
    private readonly read: (stats: LayerStats) => number | undefined,
    private readonly estimate: (stats: LayerStats, layer: number) => number,
  ) {
    this.last = layers.map(() => undefined);
    this.since = layers.map(() => 0);
    this.first = layers.map(() => undefined);
  }

  update(frame: Frame, { vitals, start }: DetectorContext): StuckLayer | null {
    const isLate = isLateInRun(frame.step, start);
    let stuck: StuckLayer | null = null;
    this.layers.forEach((layer, i) => {
      const stats = frame.layers[layer];
      if (stats === undefined) return;
      this.last[i] = this.read(stats) ?? this.last[i];
      const share = this.last[i] ?? this.estimate(stats, layer);
      this.first[i] ??= share;
      this.since[i] = share >= this.limit ? (this.since[i] ?? 0) + 1 : 0;
      if (stuck === null && (this.since[i] ?? 0) >= PATIENCE && (share >= CERTAIN || isLate))
        stuck = { layer, share, wasAlive: (this.first[i] ?? share) < this.limit };
    });
    if (stuck === null || this.said) return null;
    const learns = vitals.trend.hasLearned || vitals.exploded || vitals.trend.isFalling(STALLED_SHARE);
    this.said = !learns;
    return learns ? null : stuck;
  }
}
