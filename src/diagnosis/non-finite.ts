import type { FindingEvent, Frame, LayerStats } from '../telemetry/events.js';
import { layerPath } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { namesOf, rowEvidence, unusualRows } from './batch-rows.js';
import { explosionCause, type ExplosionCause } from './explosion-cause.js';
import { explosionEvidence } from './explosion-evidence.js';
import { finding } from './finding.js';
import type { PreflightReport } from './preflight-report.js';

/** Where the first bad value arose. */
type Pass = 'data' | 'forward pass' | 'backward pass' | 'update';

/**
 * NaN or infinity in data, activations, gradients, weights or loss: names the first bad layer, the pass and the step.
 *
 * The loss alone proves nothing: on some engines the cross-entropy of NaN reads a finite 16.118. So gradients and weights are
 * counted. Weights that are not finite: the last update did it, and the first such layer from the input is named. Finite
 * weights with bad gradients: the backward pass runs from the output, so the bad layer nearest to it is the first.
 * A bad loss alone: the forward pass. Where only some rows of the batch are bad they are named. False alarms: none known; a norm that overflows although no weight did is harm too.
 */
export const nonFinite: Detector = {
  id: 'non-finite',
  create(context) {
    const state = context.memory.remember('non-finite', { said: false });
    return {
      preflight: (report) => judgePreflight(report, context),
      frame(frame) {
        if (state.said) return null;
        const bad = firstBad(frame);
        if (bad === null) return null;
        state.said = true;
        context.vitals.exploded = true;
        const layer = bad.index === null ? null : (context.start.layers[bad.index]?.name ?? null);
        return { finding: inFrame(frame, bad.pass, layer, context) };
      },
    };
  },
};

/** The first layer with a bad value, by the order in which the values are computed; null when all are finite. */
function firstBad(frame: Frame): { pass: Pass; index: number | null } | null {
  const weights = frame.layers.findIndex((l) => !Number.isFinite(l.weightNorm));
  if (weights >= 0) return { pass: 'update', index: weights };
  const gradient = frame.layers.findLastIndex(hasBadGradient);
  if (gradient >= 0) return { pass: 'backward pass', index: gradient };
  if (!Number.isFinite(frame.globalGradNorm)) return { pass: 'backward pass', index: null };
  return Number.isFinite(frame.loss) ? null : { pass: 'forward pass', index: null };
}

function hasBadGradient(layer: LayerStats): boolean {
  return layer.nonFinite > 0 || !Number.isFinite(layer.gradNorm);
}

function inFrame(frame: Frame, pass: Pass, layer: string | null, context: DetectorContext): FindingEvent {
  const cause = explosionCause(context.vitals.report, context.config, context.start);
  const stats = layer === null ? undefined : frame.layers[context.start.layers.findIndex((l) => l.name === layer)];
  const evidence = explosionEvidence(context, []);
  if (stats !== undefined) evidence['non-finite gradient entries'] = stats.nonFinite;
  evidence['loss'] = frame.loss;
  // Weights that are bad make every row bad.
  const rows = pass === 'update' ? null : unusualRows(context);
  if (rows !== null) Object.assign(evidence, rowEvidence(rows));
  return finding({
    id: 'non-finite',
    severity: 'error',
    phase: 'training',
    step: frame.step,
    layer,
    message: `${subject(pass)} not finite${layer === null ? '' : ` in ${layer}`} at step ${frame.step}${rows === null ? '' : `, by ${namesOf(rows)}`}`,
    cause: cause.cause,
    at: cause.at,
    fixes: cause.fixes,
    evidence: { ...evidence, pass },
    stepsToOverflow: 0,
    formula: `first in ${layer ?? 'the whole net'}, ${pass}\nlast finite frame: step ${Math.max(0, frame.step - 1)} or before`,
  });
}

function subject(pass: Pass): string {
  return pass === 'update' ? 'Weights are' : pass === 'backward pass' ? 'The gradient is' : 'The loss is';
}

function judgePreflight(report: PreflightReport, context: DetectorContext): FindingEvent[] {
  const data = report.features.find((f) => f.nonFinite > 0) ?? report.targets.find((t) => t.nonFinite > 0);
  const cause = explosionCause(report, context.config, context.start);
  const make = (message: string, pass: Pass, layer: string | null, bad: number, at: ExplosionCause['at'], fixes: string[], why: string) =>
    finding({ id: 'non-finite', severity: 'error', message, cause: why, at, layer, fixes, evidence: { pass, 'non-finite values': bad } });
  if (data !== undefined) {
    const message = `Column ${data.name} holds ${data.nonFinite} values that are not finite`;
    return [make(message, 'data', null, data.nonFinite, ['data'], ['clean-data'], 'data not clean')];
  }
  const signal = report.signal.find((s) => s.nonFiniteOutputs > 0);
  if (signal !== undefined) {
    const message = `The output of ${signal.layer} is not finite before the first update`;
    const at = cause.kind === 'hasty' ? layerPath(context.start, signal.layer) : cause.at;
    return [make(message, 'forward pass', signal.layer, signal.nonFiniteOutputs, at, cause.fixes, cause.cause)];
  }
  const first = report.dry[0];
  if (first === undefined || (first.nonFiniteGradients === 0 && Number.isFinite(first.lossBefore))) return [];
  const layer = report.signal.findLast((s) => !Number.isFinite(s.gradNorm))?.layer ?? null;
  const message = `The first gradient is not finite${layer === null ? '' : ` in ${layer}`}`;
  return [make(message, 'backward pass', layer, first.nonFiniteGradients, cause.at, cause.fixes, cause.cause)];
}
