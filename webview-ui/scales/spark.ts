/** The box of a small curve; `low` and `high` are the ends of its scale, null: those of the curve itself. */
export interface SparkBox {
  width: number;
  height: number;
  low: number | null;
  high: number | null;
  /** Largest x; default that of the curve. */
  last?: number;
}

const PADDING = 1.5;

/**
 * Path of a small curve on a log scale. It ends where a value is no number; values beyond the scale are pinned to its edge.
 * @param points x and value, x ascending from 0
 */
export function sparkPath(points: readonly (readonly [number, number])[], box: SparkBox): string {
  const broken = points.findIndex(([, value]) => !Number.isFinite(value));
  const drawn = (broken < 0 ? points : points.slice(0, broken)).filter(([, value]) => value > 0);
  const place = placeIn(box, drawn, points.at(-1)?.[0]);
  return drawn.map((point, i) => `${i === 0 ? 'M' : 'L'}${place(point).map(rounded).join(' ')}`).join('');
}

/** Where a point lies in the box of a curve. */
function placeIn(
  { width, height, low, high, last }: SparkBox,
  scaled: readonly (readonly [number, number])[],
  lastX: number | undefined,
): (point: readonly [number, number]) => [number, number] {
  const logs = scaled.map(([, value]) => Math.log10(value));
  const bottom = low === null ? Math.min(...logs) : Math.log10(low);
  const top = Math.max(high === null ? Math.max(...logs) : Math.log10(high), bottom + 0.5);
  const end = Math.max(1, last ?? lastX ?? 1);
  return ([x, value]) => {
    const share = Math.max(0, Math.min(1, (Math.log10(value) - bottom) / (top - bottom)));
    return [PADDING + (x / end) * (width - 2 * PADDING), PADDING + (1 - share) * (height - 2 * PADDING)];
  };
}

const rounded = (value: number) => Math.round(value * 10) / 10;
