import type { Frame } from '../../telemetry/events.js';

/** A figure in at most nine characters: 0.0123, 12.3, 4.56e+8, NaN. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size === 0) return '0';
  return size < 1e-3 || size >= 1e5 ? value.toExponential(2) : value.toPrecision(4);
}

/** `[#####-----]`; the share is 0..1. */
export function bar(share: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}]`;
}

/** 75 s as "1:15". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Index of the layer with the largest gradient; one with NaN is the worst. -1 without layers. */
export function worstLayer(frame: Frame): number {
  let worst = -1;
  let size = -1;
  frame.layers.forEach((layer, i) => {
    const norm = Number.isNaN(layer.gradNorm) ? Infinity : layer.gradNorm;
    if (norm > size) [worst, size] = [i, norm];
  });
  return worst;
}
