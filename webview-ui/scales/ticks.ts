const DECADE_STEPS = [1, 2, 3, 5, 10, 20, 40, 80, 160];
const LEAST_Y_GAP = 20;
const LEAST_BETWEEN_GAP = 16;
const LEAST_X_GAP = 44;

/**
 * Exponents of the ticks of a log10 axis from `low` to `high` (exponents) on `height` pixels: whole decades at least
 * 20 px apart, and only where fewer than two fit, 2, 5 and 3 times a decade.
 */
export function logTicks(low: number, high: number, height: number): number[] {
  const span = high - low;
  if (!(span > 0) || !(height > 0)) return [];
  const every = DECADE_STEPS.find((step) => (step * height) / span >= LEAST_Y_GAP) ?? 320;
  const ticks: number[] = [];
  for (let k = Math.ceil(low / every) * every + 0; k <= high; k += every) ticks.push(k);
  for (const factor of [2, 5, 3]) {
    if (ticks.length >= 2) break;
    addBetween(ticks, factor, low, high, LEAST_BETWEEN_GAP / (height / span));
  }
  return ticks.sort((a, b) => a - b);
}

function addBetween(ticks: number[], factor: number, low: number, high: number, gap: number): void {
  for (let k = Math.floor(low); k <= high; k++) {
    const value = k + Math.log10(factor);
    if (value >= low && value <= high && ticks.every((tick) => Math.abs(tick - value) > gap)) ticks.push(value);
  }
}

/** Steps that get a label on the x axis: multiples of 1, 2, 5, 10, 20, 25, 50, 100, ... at least 44 px apart. */
export function stepTicks(from: number, to: number, width: number): number[] {
  const steps = to - from + 1;
  if (!(width > 0) || !(steps > 0)) return [];
  const every = niceSteps().find((step) => (step * width) / steps >= LEAST_X_GAP) ?? steps;
  const ticks: number[] = [];
  for (let step = Math.ceil(from / every) * every; step <= to; step += every) ticks.push(step);
  return ticks;
}

function niceSteps(): number[] {
  const steps = [1, 2, 5];
  for (let decade = 10; decade <= 1e9; decade *= 10) steps.push(decade, 2 * decade, 2.5 * decade, 5 * decade);
  return steps;
}

/** Two ticks of a linear axis from 0: 0 and the largest 1, 2 or 5 times a power of ten that is at most `top`. */
export function zeroTicks(top: number): number[] {
  if (!(top > 0) || !Number.isFinite(top)) return [0];
  const decade = 10 ** Math.floor(Math.log10(top) + 1e-9);
  const factor = [5, 2, 1].find((f) => f * decade <= top * (1 + 1e-9)) ?? 1;
  return [0, factor * decade];
}
