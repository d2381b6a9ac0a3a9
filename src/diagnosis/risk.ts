import type { Evidence } from '../telemetry/events.js';
import { EVIDENCE } from './finding.js';

/** Where each kind of evidence stands in a calm run; anything not named here is calm at half its limit. */
const CALM: Record<string, number> = { [EVIDENCE.overshoot]: 1, [EVIDENCE.growth]: 1, [EVIDENCE.level]: 1, [EVIDENCE.updateRatio]: 0.15 };

/**
 * Risk 0..1 of independent evidence: each scores 0 when calm, 0.5 at its limit and towards 1 beyond; the strongest counts
 * whole, the second closes half of what is left. NaN and infinite evidence scores 1.
 */
export function riskOf(evidence: readonly Evidence[]): number {
  let first = 0;
  let second = 0;
  for (const e of evidence) {
    const s = score(e);
    if (s > first) {
      second = first;
      first = s;
    } else if (s > second) second = s;
  }
  return first + (1 - first) * second * 0.5;
}

function score({ name, value, limit }: Evidence): number {
  if (!Number.isFinite(value)) return 1;
  const calm = CALM[name] ?? limit / 2;
  const position = (value - calm) / (limit - calm);
  if (!(position > 0)) return 0;
  return position <= 1 ? position / 2 : 1 - 0.5 / position;
}
