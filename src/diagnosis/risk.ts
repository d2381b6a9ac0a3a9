import type { Evidence } from '../telemetry/events.js';
import { EVIDENCE } from './finding.js';

/** Where each kind of evidence stands in a calm run; anything not named here is calm at half its limit. */
const CALM: Record<string, number> = { [EVIDENCE.overshoot]: 1, [EVIDENCE.growth]: 1, [EVIDENCE.level]: 1, [EVIDENCE.updateRatio]: 0.5 };
/** Evidence of size and theory: alone it never makes the risk pass the ceiling. */
const SIZE_ONLY: ReadonlySet<string> = new Set([EVIDENCE.updateRatio, EVIDENCE.promise, EVIDENCE.sharpness]);
const SIZE_CEILING = 0.4;
/** How much of what is left the second strongest evidence closes. */
const AGREEMENT = 0.5;

/**
 * Risk 0..1 of independent evidence: each scores 0 when calm, 0.5 at its limit and towards 1 beyond; the strongest counts
 * whole, the second closes half of what is left. Large steps alone are no danger (a net that starts near zero takes them), nor is
 * a rise of the loss that stays below what is harmless (`leaps` false).
 */
export function riskOf(evidence: readonly Evidence[], leaps: boolean): number {
  let first = 0;
  let second = 0;
  for (const e of evidence) {
    let s = score(e);
    if (SIZE_ONLY.has(e.name) || (e.name === EVIDENCE.overshoot && !leaps)) s = Math.min(s, SIZE_CEILING);
    if (s > first) {
      second = first;
      first = s;
    } else if (s > second) second = s;
  }
  return first <= SIZE_CEILING ? first : first + (1 - first) * second * AGREEMENT;
}

/** 0 when calm, 0.5 at the limit, towards 1 beyond; NaN and infinity score 1. */
function score({ name, value, limit }: Evidence): number {
  if (!Number.isFinite(value)) return 1;
  const calm = CALM[name] ?? limit / 2;
  const position = (value - calm) / (limit - calm);
  if (!(position > 0)) return 0;
  return position <= 1 ? position / 2 : 1 - 0.5 / position;
}
