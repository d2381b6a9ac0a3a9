import { stepPosition } from '../run/step-window.js';
import { forecastAt, type Forecast } from '../view/forecast.js';
import { plotY, type LineModel } from '../view/line-model.js';
import type { Palette } from './palette.js';

const BAND_OPACITY = 0.18;
const RING_RADIUS = 3.5;

/** Draws how a curve would go on: its band, dashes along the middle, and a ring where it does harm. */
export function paintForecast(
  context: CanvasRenderingContext2D,
  model: LineModel,
  forecast: Forecast,
  palette: Palette,
  ratio: number,
): void {
  const { window } = model;
  if (forecast.from >= window.to) return;
  const { width, height } = context.canvas;
  const x = (step: number) => stepPosition(step, window) * width;
  // Unlike measured values, what leaves the chart is cut off by its edge: pinned to it, it would seem to level off.
  const y = (slope: number, step: number) => {
    const at = forecastAt(forecast, slope, step);
    return (
      (plotY(model.low, model) + ((at - model.low) / (model.high - model.low)) * (plotY(model.high, model) - plotY(model.low, model))) *
      ratio
    );
  };
  context.save();
  context.beginPath();
  context.rect(0, 0, width, height);
  context.clip();
  context.fillStyle = palette.colours.run;
  context.globalAlpha = BAND_OPACITY;
  context.beginPath();
  context.moveTo(x(forecast.from), y(forecast.slope, forecast.from));
  context.lineTo(x(window.to), y(forecast.high, window.to));
  context.lineTo(x(window.to), y(forecast.low, window.to));
  context.closePath();
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = palette.colours.run;
  context.lineWidth = 1.5 * ratio;
  context.setLineDash([3 * ratio, 3 * ratio]);
  context.beginPath();
  context.moveTo(x(forecast.from), y(forecast.slope, forecast.from));
  context.lineTo(x(window.to), y(forecast.slope, window.to));
  context.stroke();
  if (forecast.harm !== null && forecast.harm.step <= window.to) {
    context.setLineDash([]);
    context.strokeStyle = palette.colours.err;
    context.beginPath();
    context.arc(x(forecast.harm.step), y(forecast.slope, forecast.harm.step), RING_RADIUS * ratio, 0, 2 * Math.PI);
    context.stroke();
  }
  context.restore();
}
