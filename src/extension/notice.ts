import { formatNumber } from '../diagnosis/format-number.js';
import type { FindingEvent, Severity } from '../telemetry/events.js';
import type { RunMirror } from './run-mirror.js';
import type { NoticeClass } from './settings.js';
import { say } from './language.js';

/** What one notification says. */
export interface Notice {
  kind: NoticeClass;
  severity: Severity;
  message: string;
}

/**
 * The notice about error findings that came together: the first one speaks, the others are counted. A warning, because
 * VS Code keeps an error with buttons on screen until it is closed by hand, even when the fix has long been applied; the
 * Problems panel and the status bar show the severity.
 */
export function findingsNotice(findings: readonly FindingEvent[], config: string): Notice | null {
  const errors = findings.filter((finding) => finding.severity === 'error');
  const [first] = errors;
  if (first === undefined) return null;
  const more = errors.length === 1 ? '' : say(' (and {0} more)', errors.length - 1);
  return { kind: 'findings', severity: 'warning', message: `${config}: ${first.message}${more}` };
}

/**
 * The notice about the end of a run. None for a stop the user asked for, for a mere check, for an end that a notice
 * about its findings told already, and for what the user sees happen in the dashboard.
 */
export function endNotice(run: RunMirror, config: string, seen: { findingsTold: boolean; dashboardVisible: boolean }): Notice | null {
  if (run.checkOnly || run.stopRequested || run.error !== null || run.end === null) return null;
  const { status, steps, loss } = run.end;
  if (status === 'completed')
    return seen.dashboardVisible
      ? null
      : {
          kind: 'finished',
          severity: 'info',
          message: say('{0}: trained {1} steps, loss {2}.', config, formatNumber(steps), formatNumber(loss)),
        };
  if (seen.findingsTold || status === 'failed') return null;
  const message =
    status === 'diverged'
      ? say('{0}: diverged after {1} steps.', config, formatNumber(steps))
      : say('{0}: stopped after {1} steps.', config, formatNumber(steps));
  return { kind: 'finished', severity: 'warning', message };
}

/** The notice about a failure; none for what follows from a stop the user asked for. */
export function failureNotice(run: RunMirror, config: string): Notice | null {
  if (run.error === null || run.stopRequested) return null;
  return { kind: 'failures', severity: 'error', message: `${config}: ${run.error.message} ${run.error.action}` };
}
