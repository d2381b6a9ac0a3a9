import { EVIDENCE } from '../../src/diagnosis/finding.js';
import { LIMITS } from '../../src/diagnosis/explosion-signs.js';
import { riskOf } from '../../src/diagnosis/risk.js';
import type { Evidence } from '../../src/telemetry/events.js';
import type { PageFinding } from '../../src/telemetry/page-protocol.js';
import type { RunView } from '../run/dashboard-state.js';
import { formatNumber, sentenceCase } from '../scales/format.js';
import { say, sayName } from '../language/language.js';

/** Where the limit stands on a meter. */
export const LIMIT_POSITION = 0.66;

/** One line of evidence: name, meter, value and limit in words. */
export interface Signal {
  name: string;
  value: string;
  limit: string;
  /** 0..1 on the meter; the limit is at LIMIT_POSITION. */
  position: number;
  past: boolean;
}

export function signalOf({ name, value, limit }: Evidence): Signal {
  const factor = name === EVIDENCE.growth ? '×' : '';
  return {
    name: sayName(sentenceCase(name)),
    value: factor + formatNumber(value),
    limit: say('limit {0}', `${factor}${formatNumber(limit).replace(/\.0+$|(\.\d*?)0+$/, '$1')}`),
    position: meterPosition(name, value, limit),
    past: !(value <= limit),
  };
}

/** Growth counts from a factor of 1, everything else from 0; beyond the limit the meter fills towards 1. */
function meterPosition(name: string, value: number, limit: number): number {
  const calm = name === EVIDENCE.growth ? 1 : 0;
  const ratio = (value - calm) / (limit - calm);
  if (!Number.isFinite(ratio)) return 1;
  if (ratio <= 1) return Math.max(0, ratio) * LIMIT_POSITION;
  return LIMIT_POSITION + (1 - LIMIT_POSITION) * (1 - 1 / ratio);
}

/** Evidence now: of the newest frame, or, before there are frames, what the pre-flight's finding rests on. */
export function evidenceNow(run: RunView, worst: PageFinding | null): Evidence[] {
  const measured = worst === null ? [] : preflightEvidence(worst);
  if (run.store.count === 0) return measured;
  const known = new Set(run.store.evidence.map((e) => e.name));
  return [...run.store.evidence, ...measured.filter((e) => e.name === EVIDENCE.sharpness && !known.has(e.name))];
}

/** Risk now, 0..1. */
export function riskNow(run: RunView, worst: PageFinding | null): number {
  const { store } = run;
  return store.count > 0 ? (store.series('risk')[store.count - 1] as number) : riskOf(evidenceNow(run, worst), true);
}

const KNOWN_LIMITS: Record<string, number> = {
  [EVIDENCE.overshoot]: LIMITS.overshoot,
  [EVIDENCE.updateRatio]: LIMITS.updateRatio,
  [EVIDENCE.promise]: LIMITS.promise,
  [EVIDENCE.level]: LIMITS.level,
  [EVIDENCE.growth]: LIMITS.growth,
};

function preflightEvidence({ evidence }: PageFinding): Evidence[] {
  const signs = Object.entries(evidence).flatMap(([name, value]) => {
    const limit = KNOWN_LIMITS[name];
    return limit !== undefined && typeof value === 'number' ? [{ name, value, limit }] : [];
  });
  const product = evidence[EVIDENCE.sharpness];
  const rate = evidence[EVIDENCE.learningRate];
  const rateLimit = evidence[EVIDENCE.rateLimit];
  if (typeof product === 'number' && typeof rate === 'number' && typeof rateLimit === 'number' && rate > 0)
    signs.push({ name: EVIDENCE.sharpness, value: product, limit: Number(((product / rate) * rateLimit).toPrecision(3)) });
  return signs;
}
