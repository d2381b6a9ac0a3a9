import { nothing, svg, html, type TemplateResult } from 'lit';

/** Loss / baseline's that is drawn: the same axes in every card, so that cards compare. */
const LOWEST = 0.1;
const HIGHEST = 1e3;

/** Steps and losses as shares of the trivial predictor's, ascending. */
export type Curve = readonly (readonly [number, number])[];

/**
 * The losses of a trial (solid) and of its control (dashed, with a cross where it is lost) over the steps, on a log scale, with the
 * trivial predictor's as a dotted line.
 */
export function trialSpark(trial: Curve, control: Curve, summary: string): TemplateResult | typeof nothing {
  const steps = Math.max(0, ...trial.map(([step]) => step), ...control.map(([step]) => step));
  if (steps === 0) return nothing;
  const at = ([step, share]: readonly [number, number]) => `${((100 * step) / steps).toFixed(1)},${heightOf(share).toFixed(1)}`;
  const line = (curve: Curve) => curve.filter(([, share]) => !Number.isNaN(share)).map(at).join(' '); // prettier-ignore
  const lost = control.find(([, share]) => !Number.isFinite(share));
  return html`<svg class="trial-spark" viewBox="0 0 100 32" preserveAspectRatio="none" role="img" aria-label=${summary}>
    ${svg`<line class="baseline" x1="0" x2="100" y1=${heightOf(1)} y2=${heightOf(1)}></line>
    <polyline class="control" points=${line(control)}></polyline>
    <polyline class="result" points=${line(trial)}></polyline>
    ${lost === undefined ? nothing : crossAt((100 * lost[0]) / steps)}`}
  </svg>`;
}

function crossAt(x: number): TemplateResult {
  const [left, right] = [Math.max(0, x - 2), Math.min(100, x + 2)];
  return svg`<path class="lost" d="M${left},1 L${right},7 M${left},7 L${right},1"></path>`;
}

/** Pixels from the top of a box of 32. */
function heightOf(share: number): number {
  const place =
    Math.log(Math.min(HIGHEST, Math.max(LOWEST, Number.isFinite(share) ? share : HIGHEST)) / LOWEST) / Math.log(HIGHEST / LOWEST);
  return 31 - 30 * place;
}
