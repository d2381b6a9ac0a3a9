import type { FixCard, PageFinding } from '../../src/telemetry/page-protocol.js';
import { sayMessage } from '../language/language.js';

/** Findings and fixes as they come from the trainer, with their sentences in the language of the page. */
export function spokenOf({ findings, fixes }: { findings: PageFinding[]; fixes: FixCard[] }): {
  findings: PageFinding[];
  fixes: FixCard[];
} {
  return {
    findings: findings.map((finding) => ({
      ...finding,
      message: sayMessage(finding.message),
      cause: sayMessage(finding.cause),
      ...(finding.formula === undefined ? {} : { formula: sayMessage(finding.formula) }),
      ...(finding.caveat === undefined ? {} : { caveat: sayMessage(finding.caveat) }),
    })),
    fixes: fixes.map((fix) => ({ ...fix, title: sayMessage(fix.title), why: sayMessage(fix.why) })),
  };
}
