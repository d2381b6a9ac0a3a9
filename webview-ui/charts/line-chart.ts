import './valid-language.js';
import uPlot from 'uplot';
import { stepCount, stepPosition } from '../run/step-window.js';
import { alignedPoints, brokenRuns, DOT_STEPS, PLOT_PADDING, plotY, type LineModel } from '../view/line-model.js';
import { BandPainter } from './band-painter.js';
import { paintForecast } from './forecast-painter.js';
import { GhostLines } from './ghost-lines.js';
import { hatch } from './hatch.js';
import type { Palette, Token } from './palette.js';

const HATCH_OPACITY = 0.55;
/** Of the band between smallest and largest value, on whose upper edge the curve runs. */
const BAND_OPACITY = 0.5;

/** Draws one line track with uPlot: curves by uPlot, grid, references and hatches by its hooks. */
export class LineChart {
  private plot: uPlot | null = null;
  private model: LineModel | null = null;
  private palette: Palette | null = null;
  /** Step at which the measured part ends; null where all of it is measured. */
  private shadeFrom: number | null = null;
  private readonly ghosts = new GhostLines();
  private readonly bands = new BandPainter();

  constructor(private readonly target: HTMLElement) {}

  draw(model: LineModel, palette: Palette, width: number, shadeFrom: number | null): void {
    [this.model, this.palette, this.shadeFrom] = [model, palette, shadeFrom];
    this.plot ??= this.create(width, model.height);
    const { plot } = this;
    if (plot.width !== width || plot.height !== model.height) plot.setSize({ width, height: model.height });
    while (plot.series.length > model.lines.length + 1) plot.delSeries(plot.series.length - 1);
    while (plot.series.length < model.lines.length + 1) plot.addSeries(this.seriesOptions());
    const ratio = devicePixelRatio || 1;
    model.lines.forEach((line, i) => {
      const series = plot.series[i + 1];
      if (series === undefined) return;
      series.width = line.width;
      series.dash = line.dash.map((length) => length * ratio);
    });
    plot.setData(alignedPoints(model));
  }

  destroy(): void {
    this.plot?.destroy();
    this.plot = null;
  }

  private create(width: number, height: number): uPlot {
    return new uPlot(
      {
        width,
        height,
        padding: [PLOT_PADDING, 0, PLOT_PADDING, 0],
        legend: { show: false },
        cursor: { show: false },
        axes: [{ show: false }, { show: false }],
        scales: {
          x: { time: false, range: () => this.xRange() },
          y: { range: () => [this.model?.low ?? 0, this.model?.high ?? 1] },
        },
        series: [{}],
        hooks: { drawClear: [(plot) => this.drawGround(plot)], draw: [(plot) => this.drawAbove(plot)] },
      },
      [[]],
      this.target,
    );
  }

  private seriesOptions(): uPlot.Series {
    return {
      stroke: (_, i) => this.colour(i),
      points: { show: (_, i) => this.hasDots(i), size: 5, fill: (_, i) => this.colour(i), stroke: (_, i) => this.colour(i) },
      spanGaps: false,
    };
  }

  private xRange(): [number, number] {
    const window = this.model?.window ?? { from: 0, to: 1 };
    return [window.from - 0.5, window.to + 0.5];
  }

  private colour(series: number): string {
    return this.palette?.colours[this.model?.lines[series - 1]?.colour as Token] ?? 'transparent';
  }

  private hasDots(series: number): boolean {
    const line = this.model?.lines[series - 1];
    return line?.dots === true && this.model !== null && stepCount(this.model.window) < DOT_STEPS;
  }

  private drawGround({ ctx }: uPlot): void {
    const { model, palette, shadeFrom } = this;
    if (model === null || palette === null) return;
    const ratio = devicePixelRatio || 1;
    const width = ctx.canvas.width;
    ctx.save();
    if (shadeFrom !== null) {
      const left = Math.round(stepPosition(shadeFrom + 0.5, model.window) * width);
      ctx.fillStyle = palette.colours.shade;
      ctx.fillRect(left, 0, width - left, ctx.canvas.height);
    }
    const across = (at: number, colour: string, dash: readonly number[]) => {
      const y = (Math.round(plotY(at, model)) + 0.5) * ratio;
      ctx.strokeStyle = colour;
      ctx.lineWidth = ratio;
      ctx.setLineDash(dash.map((length) => length * ratio));
      ctx.beginPath();
      ctx.moveTo(0, y);
      ctx.lineTo(width, y);
      ctx.stroke();
    };
    for (const tick of model.ticks) across(tick.at, palette.colours.grid, []);
    for (const reference of model.references) across(reference.at, palette.colours[reference.colour], reference.dash);
    ctx.restore();
    if (model.ghosts.length > 0) this.ghosts.paint(ctx, model, palette, ratio);
    const dense = model.lines.filter(({ buckets }) => buckets.stride > 1);
    const bands = dense.map(({ buckets, colour }) => ({ buckets, pixel: palette.pixels[colour as Token] }));
    this.bands.paint(ctx, model, bands, BAND_OPACITY, ratio);
  }

  private drawAbove({ ctx }: uPlot): void {
    const { model, palette } = this;
    if (model?.forecast != null && palette !== null) paintForecast(ctx, model, model.forecast, palette, devicePixelRatio || 1);
    if (model?.broken == null || palette === null) return;
    ctx.save();
    ctx.globalAlpha = HATCH_OPACITY;
    for (const { kind, from, to } of brokenRuns(model.broken, model.window)) {
      const left = Math.round(stepPosition(from - 0.5, model.window) * ctx.canvas.width);
      const right = Math.round(stepPosition(to + 0.5, model.window) * ctx.canvas.width);
      ctx.fillStyle = hatch(ctx, kind, palette);
      ctx.fillRect(left + 1, 0, Math.max(1, right - left - 2), ctx.canvas.height);
    }
    ctx.restore();
  }
}
