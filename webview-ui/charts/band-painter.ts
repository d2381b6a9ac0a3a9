import type { Buckets } from '../run/buckets.js';
import { EMPTY, FINITE } from '../run/pyramid.js';
import { stepPosition } from '../run/step-window.js';
import { plotY, type LineModel } from '../view/line-model.js';

/** A series and the colour, as a pixel, of the band between its smallest and its largest values. */
export interface Band {
  buckets: Buckets;
  pixel: number;
}

/**
 * Curves of a long run, in which a point holds the smallest and the largest value of many steps. Stroked, they would go up
 * and down and fill the same pixels again and again; here what they cover is painted, pixel column by pixel column, which
 * costs the columns and the curves but not their height.
 */
export class BandPainter {
  private readonly sheet = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  private image: ImageData | null = null;

  /** Bands of equal colour that follow each other are painted as one; later ones lie above. */
  paint(target: CanvasRenderingContext2D, model: LineModel, bands: readonly Band[], opacity: number, ratio: number): void {
    const { sheet } = this;
    const { width, height } = target.canvas;
    if (sheet === null || width === 0 || height === 0 || bands.length === 0) return;
    if (this.image?.width !== width || this.image.height !== height) {
      sheet.canvas.width = width;
      sheet.canvas.height = height;
      this.image = sheet.createImageData(width, height);
    }
    const pixels = new Uint32Array(this.image.data.buffer);
    pixels.fill(0);
    for (let first = 0; first < bands.length;) {
      let end = first + 1;
      while (bands[end]?.pixel === bands[first]?.pixel && end < bands.length) end++;
      const covered = coverage(bands.slice(first, end), model, width, height, ratio);
      fillColumns(pixels, covered, width, height, bands[first]?.pixel ?? 0);
      first = end;
    }
    sheet.putImageData(this.image, 0, 0);
    target.save();
    target.globalAlpha = opacity;
    target.drawImage(sheet.canvas, 0, 0);
    target.restore();
  }
}

/**
 * How many curves begin at a pixel less how many ended above it, [column x (height + 1)]: summed down a column it is the
 * number of curves that cover a pixel.
 */
function coverage(bands: readonly Band[], model: LineModel, width: number, height: number, ratio: number): Int16Array {
  const rise = new Int16Array(width * (height + 1));
  const { window, linear } = model;
  const row = (at: number) => Math.max(0, Math.min(height - 1, Math.floor(plotY(at, model) * ratio)));
  for (const { buckets } of bands) {
    const [mins, maxs] = linear ? [buckets.min, buckets.max] : [buckets.logMin, buckets.logMax];
    const first = Math.max(0, Math.floor(window.from / buckets.stride) - buckets.first);
    const last = Math.min(buckets.length - 1, Math.floor(window.to / buckets.stride) - buckets.first);
    let [topBefore, bottomBefore] = [NaN, NaN];
    for (let b = first; b <= last; b++) {
      const kind = buckets.kind[b];
      if (kind === EMPTY) continue;
      const [low, high] = [mins[b] as number, maxs[b] as number];
      if (kind !== FINITE || !Number.isFinite(low) || !Number.isFinite(high)) {
        topBefore = bottomBefore = NaN;
        continue;
      }
      const [top, bottom] = [row(high), row(low)];
      // A curve goes on from the stretch before: where the two do not meet, this one reaches over to it.
      const from = bottomBefore < top ? bottomBefore : top;
      const to = topBefore > bottom ? topBefore : bottom;
      const left = Math.max(0, Math.round(stepPosition(buckets.stepOf(b) - 0.5, window) * width));
      const right = Math.min(width, Math.max(left + 1, Math.round(stepPosition(buckets.stepOf(b + 1) - 0.5, window) * width)));
      for (let x = left; x < right; x++) {
        const column = x * (height + 1);
        rise[column + from] = (rise[column + from] as number) + 1;
        rise[column + to + 1] = (rise[column + to + 1] as number) - 1;
      }
      [topBefore, bottomBefore] = [top, bottom];
    }
  }
  return rise;
}

function fillColumns(pixels: Uint32Array, rise: Int16Array, width: number, height: number, colour: number): void {
  for (let x = 0; x < width; x++) {
    let curves = 0;
    const column = x * (height + 1);
    for (let y = 0; y < height; y++) {
      curves += rise[column + y] as number;
      if (curves > 0) pixels[y * width + x] = colour;
    }
  }
}
