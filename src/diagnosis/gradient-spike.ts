import type { FindingEvent, Frame } from '../telemetry/events.js';
import { thresholdOf } from './config-facts.js';
import { namesOf, rowEvidence, type UnusualRows, unusualRows } from './batch-rows.js';
import type { Detector, DetectorContext } from './detector.js';
import { EVIDENCE, finding } from './finding.js';
import { formatNumber, roundTo } from './format-number.js';
import { medianOf } from './median.js';

/** Norm / median of the last norms. */
const SPIKE_FACTOR = 10;
/** Norm / largest of the last norms: heavy tails are not spikes. */
const ABOVE_LARGEST = 3;
/** Norms compared with, and the frames after which they are back. */
const WINDOW = 50;
const RETURN_FRAMES = 5;
const RETURN_FACTOR = 3;
/** Frames after which harm is judged, and what it is: loss / loss before, and no better than guessing. */
const HARM_FRAMES = 20;
const HARM_FACTOR = 2;
/** Batches whose rows are looked at in one run: a growing gradient leaps again and again. */
const MOST_ASKED = 8;

interface Spike {
  frame: Frame;
  median: number;
  lossBefore: number;
  layer: string | null;
  rows: UnusualRows | null;
  age: number;
}

interface SpikeState {
  norms: number[];
  spike: Spike | null;
  /** Times the rows of a batch were asked for. */
  asked: number;
}

/**
 * One isolated spike of the gradient, not growth: a norm above 10 x the median of the last 50 and 3 x the largest of them, and
 * within 3 x the median again in the 5 frames after it. A note; a warning where the loss is twice what it was 20 frames later, and
 * no better than guessing. Names the rows of the batch whose loss stands out, where there are such.
 *
 * Source: own measurements; ZClip (arXiv 2504.02507) clips at such spikes. False alarms: none known above a note.
 */
export const gradientSpike: Detector = {
  id: 'gradient-spike',
  create(context) {
    const factor = thresholdOf(context.config, 'gradient-spike', SPIKE_FACTOR);
    const state: SpikeState = context.memory.remember('gradient-spike', { norms: [], spike: null, asked: 0 });
    return {
      frame(frame) {
        const norm = frame.globalGradNorm;
        const { norms, spike } = state;
        if (spike !== null) {
          spike.age++;
          const { age, median } = spike;
          if (age <= RETURN_FRAMES && !(norm <= RETURN_FACTOR * median)) state.spike = null;
          else if (age === RETURN_FRAMES) return { finding: spiked(spike, context, 'info') };
          else if (age === HARM_FRAMES) {
            const harmed = spike;
            state.spike = null;
            if (isHarmed(harmed, context)) return { finding: spiked(harmed, context, 'warning') };
          }
          return null;
        }
        if (norms.length === WINDOW && norm > ABOVE_LARGEST * Math.max(...norms) && norm > factor * medianOf(norms)) {
          const lossBefore = context.vitals.trend.slow;
          state.spike = {
            frame,
            median: medianOf(norms),
            lossBefore,
            layer: hottest(context),
            rows: state.asked++ < MOST_ASKED ? unusualRows(context) : null,
            age: 0,
          };
          return null;
        }
        if (Number.isFinite(norm)) norms.push(norm);
        if (norms.length > WINDOW) norms.shift();
        return null;
      },
    };
  },
};

function isHarmed({ lossBefore }: Spike, { vitals, start }: DetectorContext): boolean {
  return !vitals.exploded && vitals.meanLoss > HARM_FACTOR * lossBefore && vitals.meanLoss > start.baseline.loss;
}

function hottest({ start, vitals }: DetectorContext): string | null {
  return start.layers[vitals.hottest]?.name ?? null;
}

function spiked({ frame, median, layer, rows }: Spike, { vitals }: DetectorContext, severity: 'info' | 'warning'): FindingEvent {
  const norm = frame.globalGradNorm;
  const evidence: Record<string, number> = { 'gradient norm': roundTo(norm, 4), 'median norm': roundTo(median, 4) };
  const healthy = vitals.healthyNorm();
  if (healthy !== null) evidence[EVIDENCE.healthyNorm] = roundTo(healthy, 4);
  if (rows !== null) Object.assign(evidence, rowEvidence(rows));
  const by = rows === null ? '' : `, by ${namesOf(rows)}`;
  return finding({
    id: 'gradient-spike',
    severity,
    phase: 'training',
    step: frame.step,
    layer,
    message: `One gradient was ${formatNumber(norm / median)} times as large as usual, at step ${frame.step}${by}${severity === 'info' ? '' : ', and the loss has not come back'}`,
    cause: 'a few unusual rows',
    at: ['training'],
    fixes: ['clip-gradients', 'increase-batch', 'lower-learning-rate'],
    evidence,
    formula: `‖g‖ ÷ median of the last ${WINDOW}\n${formatNumber(norm)} ÷ ${formatNumber(median)} = ${formatNumber(norm / median)} > ${formatNumber(SPIKE_FACTOR)}`,
    caveat: 'Can be wrong with very small batches, whose gradients vary much.',
  });
}
