import type { Buckets } from '../run/buckets.js';
import { stepPosition, type StepWindow } from '../run/step-window.js';
import { forBuckets } from '../view/line-model.js';
import { HIGH_RISK, RISK_LIMIT } from '../view/readings.js';
import { openCanvas } from './canvas.js';
import type { Palette } from './palette.js';

/** Paints the largest risk of each bucket as a bar from below, with the limit as a dotted line. */
export function paintRisk(canvas: HTMLCanvasElement, risk: Buckets, window: StepWindow, palette: Palette, shadeFrom: number | null): void {
  const sheet = openCanvas(canvas);
  if (sheet === null) return;
  const { context, width, height, ratio } = sheet;
  const room = height - 4 * ratio;
  const floor = height - 2 * ratio;
  if (shadeFrom !== null) {
    const left = Math.round(stepPosition(shadeFrom + 0.5, window) * width);
    context.fillStyle = palette.colours.shade;
    context.fillRect(left, 0, width - left, height);
  }
  forBuckets(risk, window, (b) => {
    const value = Math.min(1, Math.max(0, risk.max[b] as number));
    const left = Math.round(stepPosition(risk.stepOf(b) - 0.5, window) * width);
    const right = Math.round(stepPosition(risk.stepOf(b + 1) - 0.5, window) * width);
    const bar = Math.max(1.5 * ratio, value * room);
    context.fillStyle = value > HIGH_RISK ? palette.colours.err : value > RISK_LIMIT ? palette.colours.warn : palette.colours.neutral;
    context.fillRect(left, floor - bar, right - left - (right - left > 16 * ratio ? ratio : 0), bar);
  });
  context.strokeStyle = palette.colours.dim;
  context.lineWidth = ratio;
  context.setLineDash([ratio, 3 * ratio]);
  context.beginPath();
  const y = Math.round(floor - RISK_LIMIT * room) + ratio / 2;
  context.moveTo(0, y);
  context.lineTo(width, y);
  context.stroke();
  context.setLineDash([]);
}
