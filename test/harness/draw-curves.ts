import type { FindingEvent, Frame } from '../../src/telemetry/events.js';

const SIZE = { width: 480, height: 150, left: 52, bottom: 22, top: 24, right: 10 };
const LOSS = '#3b82c4';
const NORM = '#d07b2a';
const INK = '#808080';
const MOST_POINTS = 160;

/** An SVG of loss and gradient norm over the steps, both on one logarithmic scale; a mark where the finding was said. */
export function drawCurves(all: Frame[], mark: FindingEvent): string {
  const lost = all.find((frame) => !Number.isFinite(frame.loss) || !Number.isFinite(frame.globalGradNorm))?.step;
  // Nothing can be drawn of what is not finite: the axis ends soon after.
  const frames = lost === undefined ? all : all.filter((frame) => frame.step <= Math.max(lost, mark.step) + 1 + lost / 4);
  const every = Math.ceil(frames.length / MOST_POINTS);
  const shown = frames.filter((_, i) => i % every === 0);
  const series = [shown.map((f) => Math.abs(f.loss)), shown.map((f) => f.globalGradNorm)];
  const logs = series.flat().filter((v) => Number.isFinite(v) && v > 0).map(Math.log10); // prettier-ignore
  const [low, high] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))];
  const last = Math.max(1, frames.at(-1)?.step ?? 1);
  const x = (step: number) => SIZE.left + (step / last) * (SIZE.width - SIZE.left - SIZE.right);
  const y = (log: number) => SIZE.top + ((high - log) / Math.max(1, high - low)) * (SIZE.height - SIZE.top - SIZE.bottom);
  const line = (values: number[], colour: string) => {
    const points = values.flatMap((v, i) => (Number.isFinite(v) && v > 0 ? [`${x(shown[i]?.step ?? 0).toFixed(1)},${y(Math.log10(v)).toFixed(1)}`] : [])); // prettier-ignore
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>${points.length > 3 ? '' : points.map((point) => `<circle cx="${point.split(',')[0]}" cy="${point.split(',')[1]}" r="2.5" fill="${colour}"/>`).join('')}`;
  };
  const at = mark.phase === 'preflight' ? 0 : mark.step;
  const text = (tx: number, ty: number, words: string, colour = INK, anchor = 'start') =>
    `<text x="${tx.toFixed(1)}" y="${ty.toFixed(1)}" fill="${colour}" text-anchor="${anchor}">${words}</text>`;
  const late = x(at) > SIZE.width * 0.6;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" width="${SIZE.width}" height="${SIZE.height}" font-family="sans-serif" font-size="10">`,
    `<path d="M${SIZE.left} ${SIZE.top}V${SIZE.height - SIZE.bottom}H${SIZE.width - SIZE.right}" fill="none" stroke="${INK}"/>`,
    text(SIZE.left - 4, SIZE.top + 4, `1e${high}`, INK, 'end'),
    text(SIZE.left - 4, SIZE.height - SIZE.bottom, `1e${low}`, INK, 'end'),
    text(SIZE.left, SIZE.height - 8, '0'),
    text(SIZE.width - SIZE.right, SIZE.height - 8, `step ${last}`, INK, 'end'),
    text(SIZE.left + 40, SIZE.height - 8, 'loss', LOSS),
    text(SIZE.left + 70, SIZE.height - 8, 'gradient norm', NORM),
    line(series[0] ?? [], LOSS),
    line(series[1] ?? [], NORM),
    `<path d="M${x(at).toFixed(1)} ${SIZE.top}V${SIZE.height - SIZE.bottom}" stroke="${INK}" stroke-dasharray="3 2"/>`,
    text(
      x(at) + (late ? -4 : 4),
      SIZE.top - 8,
      `${mark.id}${mark.phase === 'preflight' ? ', before training' : `, step ${at}`}`,
      INK,
      late ? 'end' : 'start',
    ),
    ...(lost === undefined ? [] : [text(SIZE.width - SIZE.right, SIZE.top + 10, `not finite from step ${lost} on`, INK, 'end')]),
    '</svg>\n',
  ].join('\n');
}
