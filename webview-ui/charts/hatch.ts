import type { Palette } from './palette.js';

const TILE = 6;

/**
 * Patterns of values that are no numbers, which have no place on a colour scale. Inf: foreground with stripes of the
 * background; NaN: background with a cross-hatch of the foreground. Tiles of 6 CSS pixels.
 */
export function hatch(context: CanvasRenderingContext2D, kind: 'Inf' | 'NaN', { colours }: Palette): CanvasPattern | string {
  const ratio = devicePixelRatio || 1;
  const tile = document.createElement('canvas');
  tile.width = tile.height = Math.round(TILE * ratio);
  const pen = tile.getContext('2d');
  if (pen === null) return colours.fg;
  pen.scale(tile.width / TILE, tile.width / TILE);
  pen.fillStyle = kind === 'Inf' ? colours.fg : colours.bg;
  pen.fillRect(0, 0, TILE, TILE);
  pen.strokeStyle = kind === 'Inf' ? colours.bg : colours.fg;
  pen.lineWidth = kind === 'Inf' ? 1.6 : 0.9;
  const strokes = kind === 'Inf' ? INF_STROKES : NAN_STROKES;
  for (const [x1, y1, x2, y2] of strokes) {
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.lineTo(x2, y2);
    pen.stroke();
  }
  return context.createPattern(tile, 'repeat') ?? colours.fg;
}

const INF_STROKES = [
  [-1, TILE + 1, TILE + 1, -1],
  [-1, 1, 1, -1],
  [TILE - 1, TILE + 1, TILE + 1, TILE - 1],
] as const;
const NAN_STROKES = [
  [0, 0, TILE, TILE],
  [TILE, 0, 0, TILE],
] as const;
