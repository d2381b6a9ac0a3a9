import { stepPosition } from '../run/step-window.js';
import { formatNumber } from '../scales/format.js';
import { cssColour, inkOn, type Rgb } from '../scales/heat-scale.js';
import { rowCells, type Cell, type HeatModel } from '../view/heat-model.js';
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
  /** Fine cells, one pixel high per layer, to be stretched. */
  strip: HTMLCanvasElement;
  cellWidth: number;
}

/** Paints the heatmap: fine cells through one image per row, coarse cells one by one with their values. */
export function paintHeat(canvas: HTMLCanvasElement, model: HeatModel, palette: Palette, shadeFrom: number | null): void {
  const sheet = openCanvas(canvas);
  if (sheet === null) return;
  const { context, width, height, ratio } = sheet;
  const hatches = { Inf: hatch(context, 'Inf', palette), NaN: hatch(context, 'NaN', palette) };
  const edges = columnEdges(model, width);
  const strip = document.createElement('canvas');
  strip.width = Math.max(1, (edges.at(-1) ?? 0) - (edges[0] ?? 0));
  strip.height = model.layers.length;
  const pen: Pen = { context, ratio, palette, hatches, edges, strip, cellWidth: ((edges[1] ?? 0) - (edges[0] ?? 0)) / ratio };
  if (shadeFrom !== null) {
    const left = Math.round(stepPosition(shadeFrom + 0.5, model.window) * width);
    context.fillStyle = palette.colours.shade;
    context.fillRect(left, 0, width - left, height);
  }
  model.layers.forEach((buckets, row) => {
    const cells = rowCells(buckets, model);
    const top = Math.round((row * model.rowHeight + 1) * ratio);
    const bottom = Math.round(((row + 1) * model.rowHeight - 1) * ratio);
    if (pen.cellWidth < GAP_WIDTH) paintFine(pen, cells, row, top, bottom);
    else cells.forEach((cell, i) => paintCoarse(pen, cell, i, top, bottom));
  });
  if (model.selected >= 0) {
    context.strokeStyle = palette.colours.fg;
    context.lineWidth = ratio;
    const top = (model.selected * model.rowHeight + 0.5) * ratio;
    context.strokeRect(ratio / 2, top, width - ratio, (model.rowHeight - 1) * ratio);
  }
}

/** Device pixels at which columns begin, and the end of the last. */
function columnEdges({ window, stride }: HeatModel, width: number): number[] {
  const first = Math.floor(window.from / stride);
  const last = Math.floor(window.to / stride);
  const edge = (b: number) => Math.round(Math.max(0, Math.min(1, stepPosition(b * stride - 0.5, window))) * width);
  return Array.from({ length: last - first + 2 }, (_, i) => edge(first + i));
}

function paintFine({ context, palette, hatches, edges, strip }: Pen, cells: Cell[], row: number, top: number, bottom: number): void {
  const left = edges[0] ?? 0;
  const image = context.createImageData(strip.width, 1);
  const pixels = new Uint32Array(image.data.buffer);
  const broken: { kind: 'Inf' | 'NaN'; from: number; to: number }[] = [];
  cells.forEach((cell, i) => {
    const [from, to] = [edges[i] ?? 0, edges[i + 1] ?? 0];
    if (cell === null) return;
    if (typeof cell === 'string') return void broken.push({ kind: cell, from, to });
    pixels.fill(palette.rampPixels[cell.colour] as number, from - left, to - left);
  });
  strip.getContext('2d')?.putImageData(image, 0, row);
  context.imageSmoothingEnabled = false;
  context.drawImage(strip, 0, row, strip.width, 1, left, top, strip.width, bottom - top);
  for (const { kind, from, to } of broken) {
    context.fillStyle = hatches[kind];
    context.fillRect(from, top, to - from, bottom - top);
  }
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
