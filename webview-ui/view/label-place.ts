import { alignedPoints, brokenRuns, DOT_STEPS, plotY, type LineModel } from './line-model.js';
import { labelWidth } from '../scales/text-width.js';
import { stepCount, stepPosition } from '../run/step-window.js';

const LABEL_HEIGHT = 13;
/** Width of a character of the 11 px labels, on the generous side. */
const CHARACTER_WIDTH = 6;

export interface PlacedLabel {
  text: string;
  tone: 'dim' | 'err';
  left: number;
  top: number;
}

interface Point {
  x: number;
  y: number;
}

interface Box {
  left: number;
  top: number;
  width: number;
}

/** Puts the name of each reference line into the emptiest of seven places beside it, away from curves and other labels. */
export function placeLabels(model: LineModel, width: number): PlacedLabel[] {
  if (model.references.length === 0) return [];
  const ink = inkOf(model, width);
  const hatched = model.broken === null ? [] : brokenRuns(model.broken, model.window);
  const stretches = hatched.map(({ from, to }) => ({
    left: stepPosition(from - 0.5, model.window) * width,
    right: stepPosition(to + 0.5, model.window) * width,
  }));
  const taken: Box[] = [];
  return model.references.flatMap((reference) => {
    const y = plotY(reference.at, model);
    const room = labelWidth(reference.label, CHARACTER_WIDTH) + 6;
    const candidates = placesBeside(y, room, width).filter((p) => p.top >= 0 && p.top + LABEL_HEIGHT <= model.height && p.left >= 0);
    const best = candidates
      .map((place, i) => ({ place, cost: cost(place, ink, taken) + overlapCost(place, stretches) + i * 0.2 }))
      .reduce<{ place: Box; cost: number } | null>((a, b) => (a === null || b.cost < a.cost ? b : a), null);
    if (best === null) return [];
    taken.push(best.place);
    return [{ text: reference.label, tone: reference.colour, left: best.place.left, top: best.place.top }];
  });
}

function placesBeside(y: number, width: number, plotWidth: number): Box[] {
  const above = y - LABEL_HEIGHT - 1;
  const right = plotWidth - width - 4;
  const places = [
    { left: 4, top: above },
    { left: 4, top: y + 1 },
    { left: right, top: above },
    { left: right, top: y + 1 },
  ];
  for (const share of [0.3, 0.45, 0.6]) places.push({ left: Math.min(plotWidth * share, right), top: above });
  return places.map((place) => ({ ...place, width }));
}

function cost(box: Box, ink: Point[], taken: Box[]): number {
  let sum = 0;
  for (const { x, y } of ink)
    if (x > box.left - 3 && x < box.left + box.width + 3 && y > box.top - 1 && y < box.top + LABEL_HEIGHT + 1) sum++;
  for (const other of taken)
    if (
      box.left < other.left + other.width &&
      box.left + box.width > other.left &&
      box.top < other.top + LABEL_HEIGHT &&
      box.top + LABEL_HEIGHT > other.top
    )
      sum += 20;
  return sum;
}

/** Hatched stretches carry words of their own. */
function overlapCost(box: Box, stretches: { left: number; right: number }[]): number {
  return stretches.filter(({ left, right }) => right > box.left && left < box.left + box.width).length * 9;
}

/** Points along the curves, close enough together that no label slips between two. */
function inkOf(model: LineModel, width: number): Point[] {
  const [xs, ...curves] = alignedPoints(model);
  const ink: Point[] = [];
  const coarse = stepCount(model.window) < DOT_STEPS * 4;
  for (const curve of curves.slice(-3)) {
    let before: Point | null = null;
    for (const [i, step] of xs.entries()) {
      const at = curve[i];
      const point: Point | null = at == null ? null : { x: stepPosition(step, model.window) * width, y: plotY(at, model) };
      if (coarse && before !== null && point !== null) ink.push(...between(before, point));
      if (point !== null) ink.push(point);
      before = point;
    }
  }
  return ink;
}

function between(a: Point, b: Point): Point[] {
  const points: Point[] = [];
  for (let x = a.x + 4; x < b.x; x += 4) points.push({ x, y: a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x) });
  return points;
}
