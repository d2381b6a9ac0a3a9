import type { ChangeEvent, FindingEvent, RollbackEvent } from './events.js';

/** Where a run left its course: went back, or went on with a changed config. */
export type CourseEvent = RollbackEvent | ChangeEvent;

/** Findings that no longer speak of the course a run is on, and why. */
export type PastFindings = Map<FindingEvent, 'rolled back' | 'changed'>;

/**
 * Takes note of the findings that an event of the course makes past: a rollback those of the steps it undid, a change all before
 * it, since they were about other settings.
 */
export function markPast(past: PastFindings, findings: readonly FindingEvent[], event: CourseEvent): void {
  for (const finding of findings) {
    if (past.has(finding)) continue;
    if (event.event === 'change') past.set(finding, 'changed');
    else if (finding.phase !== 'preflight' && finding.step >= event.to) past.set(finding, 'rolled back');
  }
}
