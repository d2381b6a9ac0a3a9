import type { FindingEvent } from '../telemetry/events.js';

/** A named number of a finding's evidence; null where it is missing or not finite. */
export function evidenceNumber(finding: FindingEvent, name: string): number | null {
  const value = finding.evidence[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
