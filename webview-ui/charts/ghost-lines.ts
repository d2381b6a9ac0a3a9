import type { Buckets } from '../run/buckets.js';
import { EMPTY, FINITE } from '../run/pyramid.js';
import { stepPosition } from '../run/step-window.js';
import { bucketCentre, plotY, type LineModel } from '../view/line-model.js';
import { BandPainter } from './band-painter.js';
import type { Palette } from './palette.js';

/**
 * The many curves in the background of a chart; where a point is many steps, the band they fill. What is drawn stays on a canvas of its own, to which a redraw adds the
 * buckets that are complete since; only a change of axes, size or colour draws all of them again.
 */
export class GhostLines {
  private readonly sheet = document.createElement('canvas').getContext('2d');
  private readonly band = new BandPainter();
  private key = '';
  private drawn: readonly Buckets[] = [];
  /** First bucket whose stretch is not on the sheet yet. */
  private next = 0;

  paint(target: CanvasRenderingContext2D, model: LineModel, palette: Palette, ratio: number): void {
    const { sheet } = this;
    const stride = model.ghosts[0]?.buckets.stride;
    if (sheet === null || stride === undefined) return;
    if (stride > 1) {
      const bands = model.ghosts.map(({ buckets }) => ({ buckets, pixel: palette.pixels.ghost }));
      return this.band.paint(target, model, bands, 1, ratio);
    }
    const first = Math.max(0, Math.floor(model.window.from / stride));
    const end = Math.min(
      Math.max(...model.ghosts.map(({ buckets }) => buckets.first + buckets.length)),
      Math.floor(model.window.to / stride) + 1,
    );
    if (this.isOther(target.canvas, model, palette)) {
      sheet.canvas.width = target.canvas.width;
      sheet.canvas.height = target.canvas.height;
      this.next = first;
    }
    // The newest bucket may still grow: it is drawn on the target only.
    const complete = end - 1;
    if (complete > this.next) {
      strokeStretch(sheet, model, palette, ratio, this.next, complete);
      this.next = complete;
    }
    target.drawImage(sheet.canvas, 0, 0);
    strokeStretch(target, model, palette, ratio, this.next, end);
  }

  private isOther({ width, height }: HTMLCanvasElement, model: LineModel, palette: Palette): boolean {
    const { low, high, linear, window, ghosts } = model;
    const key = [width, height, low, high, linear, window.from, window.to, palette.colours.ghost].join();
    const same = key === this.key && ghosts.length === this.drawn.length && ghosts.every(({ buckets }, i) => buckets === this.drawn[i]);
    this.key = key;
    this.drawn = ghosts.map(({ buckets }) => buckets);
    return !same;
  }
}

/** Strokes all curves from the last point before bucket `from` to the last one before bucket `end`. */
function strokeStretch(
  context: CanvasRenderingContext2D,
  model: LineModel,
  palette: Palette,
  ratio: number,
  from: number,
  end: number,
): void {
  const { window, linear } = model;
  const width = context.canvas.width;
  const place = (at: number) => plotY(at, model) * ratio;
  context.save();
  context.strokeStyle = palette.colours.ghost;
  context.lineWidth = ratio;
  context.lineJoin = 'round';
  context.beginPath();
  for (const { buckets } of model.ghosts) {
    const { kind, first } = buckets;
    // A bucket of one step: its smallest value is its only one.
    const values = linear ? buckets.min : buckets.logMin;
    let open = false;
    for (let b = Math.max(0, from - 1 - first); b < Math.min(end - first, buckets.length); b++) {
      if (kind[b] === EMPTY) continue;
      const value = values[b] as number;
      if (kind[b] !== FINITE || !Number.isFinite(value)) {
        open = false;
        continue;
      }
      const x = stepPosition(bucketCentre(buckets, b), window) * width;
      if (open) context.lineTo(x, place(value));
      else context.moveTo(x, place(value));
      open = true;
    }
  }
  context.stroke();
  context.restore();
}
