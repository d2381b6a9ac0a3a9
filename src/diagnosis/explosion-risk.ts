import type { Evidence, FindingEvent, Frame } from '../telemetry/events.js';
import type { Detector, DetectorContext } from './detector.js';
import { explosionCause, laterFixes } from './explosion-cause.js';
import { explosionEvidence } from './explosion-evidence.js';
import { LIMITS, overshootOf, type PreflightSigns } from './explosion-signs.js';
import { CAUSES, EVIDENCE, finding } from './finding.js';
import { formatNumber } from './format-number.js';
import type { PreflightReport } from './preflight-report.js';
import { riskOf } from './risk.js';

/**
 * Early warning: the run has not been harmed yet, but these updates will harm it.
 *
 * Before the first update dry steps are taken and undone. It warns when an update makes the loss rise on its own batch
 * (overshoot > 1.3) to above 3 x its reference, with one more kind of evidence: rate x sharpness above its limit, an update
 * larger than the weights, a promised fall above 4. Two more, or a level above 10, are an error. Rate x sharpness alone is proof
 * where the loss is an exact quadratic of the weights and every batch is the whole data.
 * While it trains: the loss leaps or stands above 3 x its reference, or norms grow geometrically with it, and the
 * evidence agrees. Adaptive optimisers and normalised nets come back from higher levels: theirs is 10.
 *
 * Sources: own measurements (docs/findings/explosion-risk.md); limit 2 / learning rate (Cohen et al. 2021, arXiv 2103.00065).
 * False alarms: a catapult, one high leap that lands in a flatter place.
 */
export const explosionRisk: Detector = {
  id: 'explosion-risk',
  create(context) {
    const state = context.memory.remember('explosion-risk', { framesAbove: 0, said: false });
    return {
      preflight: (report) => judgePreflight(report, context),
      frame(frame) {
        const evidence = frameEvidence(frame, context);
        state.framesAbove = context.vitals.level <= context.vitals.levelLimit ? 0 : state.framesAbove + 1;
        const judgement = state.said ? {} : judgeFrame(frame, evidence, context, state.framesAbove);
        state.said ||= judgement.finding !== undefined;
        return { ...judgement, risk: frameRisk(frame, evidence, context), evidence };
      },
    };
  },
};

/** What the pre-flight foretold keeps the risk up while the steps it tried are being taken. */
const FORETOLD = { calm: 0, warning: 0.6, error: 0.9 } as const;

function frameRisk(frame: Frame, evidence: Evidence[], { vitals }: DetectorContext): number {
  if (vitals.exploded) return 1;
  const foretold = vitals.isForetold(frame.step) ? FORETOLD[vitals.signs?.verdict ?? 'calm'] : 0;
  return Math.max(foretold, riskOf(evidence, vitals.isLeap(frame)));
}

/** The vitals' evidence, and rate x sharpness while the measured curvature is still that of these weights. */
function frameEvidence(frame: Frame, { vitals }: DetectorContext): Evidence[] {
  const evidence = vitals.frameEvidence(frame);
  const sign = vitals.signs?.evidence.find((e) => e.name === EVIDENCE.sharpness);
  if (sign !== undefined && vitals.isForetold(frame.step)) evidence.push(sign);
  return evidence;
}

/**
 * Frames in a row the loss must stand above its level: one isolated spike is no explosion. One is enough where all support agrees:
 * the update that follows is larger than the weights and promises four times the loss.
 */
const FRAMES_ABOVE = 2;

/** Evidence that counts only beside a measured rise of the loss. */
const SUPPORT = new Set<string>([EVIDENCE.updateRatio, EVIDENCE.promise]);

function judgePreflight(report: PreflightReport, context: DetectorContext): FindingEvent[] {
  const { signs } = context.vitals;
  if (signs === null || signs.verdict === 'calm') return [];
  const cause = explosionCause(report, context.config, context.start);
  return [
    finding({
      id: 'explosion-risk',
      severity: signs.verdict,
      message: preflightMessage(signs),
      cause: cause.cause,
      at: cause.at,
      layer: cause.layer,
      fixes: cause.fixes,
      evidence: explosionEvidence(context, signs.evidence),
      formula: preflightFormula(signs),
      caveat: 'Dry run: the weights and the random state are as they were. A net can survive one leap by landing in a flatter place.',
    }),
  ];
}

function preflightMessage({ worst, rateTimesSharpness, crossed }: PreflightSigns): string {
  const which = worst === null || worst.step === 0 ? 'The first update' : `Update ${worst.step + 1}`;
  if (worst !== null && !Number.isFinite(overshootOf(worst))) return `${which} would make the loss overflow`;
  if (worst !== null && crossed.includes(EVIDENCE.overshoot))
    return `${which} would multiply the loss by ${formatNumber(overshootOf(worst))}`;
  if (rateTimesSharpness !== null) return `Every update would overshoot: rate × sharpness is ${formatNumber(rateTimesSharpness)}`;
  return 'The first updates are larger than the loss allows';
}

function preflightFormula({ worst, rateTimesSharpness, rateLimit, crossed }: PreflightSigns): string {
  if (worst !== null && crossed.includes(EVIDENCE.overshoot)) {
    const { lossAfter, lossBefore } = worst;
    return `loss after ÷ before, same batch\n${formatNumber(lossAfter)} ÷ ${formatNumber(lossBefore)} = ${formatNumber(overshootOf(worst))} > ${LIMITS.overshoot}`;
  }
  if (rateTimesSharpness !== null && rateLimit !== null) {
    return `rate × sharpness = ${formatNumber(rateTimesSharpness, 4)}\nrate limit ${formatNumber(rateLimit)}`;
  }
  return `${crossed.length} kinds of evidence past their limits`;
}

function judgeFrame(frame: Frame, evidence: Evidence[], context: DetectorContext, framesAbove: number): { finding?: FindingEvent } {
  const { vitals } = context;
  if (vitals.exploded) return {};
  const growing = vitals.isGrowing(0.5) && vitals.level > 0.5;
  const leaps = vitals.isLeap(frame);
  const support = evidence.filter((e) => SUPPORT.has(e.name) && !(e.value <= e.limit)).length;
  const above = framesAbove >= FRAMES_ABOVE || (framesAbove > 0 && support === SUPPORT.size);
  if (!growing && !leaps && !above) return {};
  const crossed = support + [growing, leaps, above].filter(Boolean).length;
  if (crossed < 2) return {};
  const cause = explosionCause(vitals.report, context.config, context.start);
  const layer = context.start.layers[vitals.hottest]?.name ?? null;
  const growth = formatNumber(vitals.growth());
  return {
    finding: finding({
      id: 'explosion-risk',
      severity: 'warning',
      phase: 'training',
      step: frame.step,
      layer,
      message: growing
        ? `Gradients are growing ×${growth} per step, led by ${layer ?? 'one layer'}`
        : `The loss is ${formatNumber(vitals.level)} times its start and the updates are too large`,
      cause: cause.cause,
      at: cause.at,
      fixes: vitals.signs?.verdict === 'calm' ? laterFixes(cause) : cause.fixes,
      evidence: explosionEvidence(context, evidence, frame),
      stepsToOverflow: vitals.isGrowing(0.1) ? vitals.stepsToOverflow(frame) : null,
      formula: growing
        ? `exp(slope of ln ‖g‖) = ×${growth} per step\nt = ${formatNumber(vitals.normLine.t)} > ${LIMITS.growthT}, up ${formatNumber(vitals.normLine.rise / Math.LN10, 2)} decades`
        : `loss ÷ first = ${formatNumber(vitals.level)}, limit ${vitals.levelLimit}\n${crossed} kinds of evidence past their limits`,
      caveat: vitals.isWarmingUp(frame.step)
        ? 'Can be wrong while a warm-up still raises the rate.'
        : cause.cause === CAUSES.hasty
          ? 'Can be wrong for a single leap that lands in a flatter place.'
          : undefined,
    }),
  };
}
