import { stepPosition } from '../run/step-window.js';
import { formatNumber } from '../scales/format.js';
import { cssColour, inkOn, type Rgb } from '../scales/heat-scale.js';
import { cellStrips, forRowCells, rowCells, type Cell, type CellStrip, type HeatModel } from '../view/heat-model.js';
import { openCanvas } from './canvas.js';
import { hatch } from './hatch.js';
import type { Palette } from './palette.js';

/** From this width a cell shows the decade of its value, from the next the value itself. */
const DECADE_WIDTH = 30;
const VALUE_WIDTH = 44;
/** From this width cells stand apart. */
const GAP_WIDTH = 16;

interface Pen {
  context: CanvasRenderingContext2D;
  ratio: number;
  palette: Palette;
  hatches: Record<'Inf' | 'NaN', CanvasPattern | string>;
  edges: number[];
  cellWidth: number;
}

/** A row of the heatmap in device pixels. */
interface Band {
  top: number;
  bottom: number;
}

/** Paints the heatmap: fine cells through one image, coarse cells one by one with their values. */
export function paintHeat(canvas: HTMLCanvasElement, model: HeatModel, palette: Palette, shadeFrom: number | null): void {
  const sheet = openCanvas(canvas);
  if (sheet === null) return;
  const { context, width, height, ratio } = sheet;
  const hatches = { Inf: hatch(context, 'Inf', palette), NaN: hatch(context, 'NaN', palette) };
  const edges = columnEdges(model, width);
  const pen: Pen = { context, ratio, palette, hatches, edges, cellWidth: ((edges[1] ?? 0) - (edges[0] ?? 0)) / ratio };
  if (shadeFrom !== null) {
    const left = Math.round(stepPosition(shadeFrom + 0.5, model.window) * width);
    context.fillStyle = palette.colours.shade;
    context.fillRect(left, 0, width - left, height);
  }
  const strips = cellStrips(model);
  const bands = strips.map((strip) => bandOf(strip, ratio));
  if (pen.cellWidth < GAP_WIDTH) paintFine(pen, strips, bands);
  else
    strips.forEach(({ buckets, model: cells }, i) => {
      const { top, bottom } = bands[i] as Band;
      rowCells(buckets, cells).forEach((cell, column) => paintCoarse(pen, cell, column, top, bottom));
    });
  if (model.selected >= 0) {
    context.strokeStyle = palette.colours.fg;
    context.lineWidth = ratio;
    const top = (model.selected * model.rowHeight + 0.5) * ratio;
    context.strokeRect(ratio / 2, top, width - ratio, (model.rowHeight - 1) * ratio);
  }
}

function bandOf({ row, half, model: { rowHeight } }: CellStrip, ratio: number): Band {
  const middle = (row + 0.5) * rowHeight;
  return {
    top: Math.round((half === 'lower' ? middle : row * rowHeight + 1) * ratio),
    bottom: Math.round((half === 'upper' ? middle : (row + 1) * rowHeight - 1) * ratio),
  };
}

/** Device pixels at which columns begin, and the end of the last. */
function columnEdges({ window, stride }: HeatModel, width: number): number[] {
  const first = Math.floor(window.from / stride);
  const last = Math.floor(window.to / stride);
  const edge = (b: number) => Math.round(Math.max(0, Math.min(1, stepPosition(b * stride - 0.5, window))) * width);
  return Array.from({ length: last - first + 2 }, (_, i) => edge(first + i));
}

/** All strips go into one image, one pixel high each, which are then stretched one by one: one upload per redraw. */
function paintFine(pen: Pen, strips: readonly CellStrip[], bands: readonly Band[]): void {
  const { context, palette, hatches, edges } = pen;
  const left = edges[0] ?? 0;
  const width = Math.max(1, (edges.at(-1) ?? 0) - left);
  const { sheet, image, pixels } = imageOf(width, strips.length);
  pixels.fill(0);
  const broken: { kind: 'Inf' | 'NaN'; from: number; to: number; band: Band }[] = [];
  strips.forEach(({ buckets, model }, row) => {
    const start = row * width - left;
    forRowCells(buckets, model, (i, colour) => {
      const [from, to] = [edges[i] as number, edges[i + 1] as number];
      if (typeof colour === 'number') pixels.fill(palette.rampPixels[colour] as number, start + from, start + to);
      else broken.push({ kind: colour, from, to, band: bands[row] as Band });
    });
  });
  sheet.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  bands.forEach(({ top, bottom }, row) => context.drawImage(sheet.canvas, 0, row, width, 1, left, top, width, bottom - top));
  for (const { kind, from, to, band } of broken) {
    context.fillStyle = hatches[kind];
    context.fillRect(from, band.top, to - from, band.bottom - band.top);
  }
}

interface Strip {
  sheet: CanvasRenderingContext2D;
  image: ImageData;
  pixels: Uint32Array;
}

let strip: Strip | null = null;

/** The image of fine cells, made anew when its size changes. */
function imageOf(width: number, height: number): Strip {
  if (strip !== null && strip.image.width === width && strip.image.height === height) return strip;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const sheet = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  const image = sheet.createImageData(width, height);
  strip = { sheet, image, pixels: new Uint32Array(image.data.buffer) };
  return strip;
}

function paintCoarse(pen: Pen, cell: Cell, i: number, top: number, bottom: number): void {
  if (cell === null) return;
  const { context, ratio, palette, hatches, edges, cellWidth } = pen;
  const [left, right] = [edges[i] ?? 0, (edges[i + 1] ?? 0) - ratio];
  context.fillStyle = typeof cell === 'string' ? hatches[cell] : (palette.rampCss[cell.colour] ?? '');
  context.fillRect(left, top, right - left, bottom - top);
  if (cellWidth < DECADE_WIDTH || bottom - top < 11 * ratio) return;
  const text = typeof cell === 'string' ? cell : cellWidth >= VALUE_WIDTH ? formatNumber(cell.value, 2) : decade(cell.value);
  context.font = palette.font.replace('11px', `${11 * ratio}px`);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const centre = (left + right) / 2;
  if (typeof cell === 'string') {
    const half = context.measureText(text).width / 2 + 3 * ratio;
    context.fillStyle = palette.colours.bg;
    context.fillRect(centre - half, top + ratio, 2 * half, bottom - top - 2 * ratio);
    context.fillStyle = palette.colours.fg;
  } else context.fillStyle = cssColour(inkOn(palette.ramp[cell.colour] as Rgb));
  context.fillText(text, centre, (top + bottom) / 2 + 0.5 * ratio);
}

function decade(value: number): string {
  return value > 0 ? `1e${Math.round(Math.log10(value))}` : '0';
}
