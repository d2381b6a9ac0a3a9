import type { Config } from '../config/config-schema.js';
import { DETECTORS } from '../diagnosis/detectors.js';
import type { FindingEvent } from '../telemetry/events.js';
import { FIX_KINDS } from './fix-kinds.js';
import type { Fix } from './fix.js';

/**
 * Fixes for the findings of one run, best first: those of warnings and errors before those of notes, then in the order of the
 * detectors (causes before symptoms), then in the order each finding gives. Every kind and every edit appears once.
 */
export function proposeFixes(findings: readonly FindingEvent[], config: Config): Fix[] {
  const place = (f: FindingEvent) => (f.severity === 'info' ? DETECTORS.length : 0) + DETECTORS.findIndex((d) => d.id === f.id);
  const ordered = [...findings].sort((a, b) => place(a) - place(b));
  const seen = new Set<string>();
  return ordered.flatMap((finding) =>
    finding.fixes
      .flatMap((id) => FIX_KINDS.find((kind) => kind.id === id)?.make(finding, config) ?? [])
      .filter((fix) => {
        const isNew = !seen.has(fix.id) && !seen.has(JSON.stringify(fix.edits));
        seen.add(fix.id).add(JSON.stringify(fix.edits));
        return isNew;
      }),
  );
}
