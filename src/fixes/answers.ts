import type { FindingEvent, TrialEvent } from '../telemetry/events.js';

/** Ids of the findings that one of the kinds of fix `ids` answers, each once, in the order of the findings. */
export function answersOf(findings: readonly FindingEvent[], ids: readonly string[]): string[] {
  return [...new Set(findings.filter(({ fixes }) => fixes.some((id) => ids.includes(id))).map(({ id }) => id))];
}

/** The fix was tried and did no good. */
export function isInVain(trial: TrialEvent | undefined): boolean {
  return trial?.verdict === 'no-effect' || trial?.verdict === 'worse';
}
