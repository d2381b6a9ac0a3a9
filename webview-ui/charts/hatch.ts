import type { Palette } from './palette.js';

const TILE = 6;

/**
 * Patterns of values that are no numbers, which have no place on a colour scale. Inf: foreground with stripes of the
 * background; NaN: background with a cross-hatch of the foreground. Tiles of 6 CSS pixels.
 */
export function hatch(context: CanvasRenderingContext2D, kind: 'Inf' | 'NaN', palette: Palette): CanvasPattern | string {
  const size = Math.round(TILE * (devicePixelRatio || 1));
  const known = tiles.get(palette) ?? new Map<string, HTMLCanvasElement>();
  tiles.set(palette, known);
  const key = `${kind}${size}`;
  const tile = known.get(key) ?? paintTile(kind, size, palette);
  known.set(key, tile);
  return context.createPattern(tile, 'repeat') ?? palette.colours.fg;
}

/** Tiles painted so far; a theme's go with its palette. */
const tiles = new WeakMap<Palette, Map<string, HTMLCanvasElement>>();

function paintTile(kind: 'Inf' | 'NaN', size: number, { colours }: Palette): HTMLCanvasElement {
  const tile = document.createElement('canvas');
  tile.width = tile.height = size;
  const pen = tile.getContext('2d');
  if (pen === null) return tile;
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
  return tile;
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
