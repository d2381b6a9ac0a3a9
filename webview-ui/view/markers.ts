import type { Severity } from '../../src/telemetry/events.js';
import type { CourseEvent } from '../../src/telemetry/past-findings.js';
import type { RunView } from '../run/dashboard-state.js';
import { stepPosition, type StepWindow } from '../run/step-window.js';
import { labelWidth } from '../scales/text-width.js';
import { ranked } from './verdict.js';
import { say } from '../language/language.js';

/** A finding, a change of the config or another moment on the x axis. */
export interface Marker {
  step: number;
  severity: Severity | 'change' | 'back' | 'parting';
  label: string;
  /** All that happened there. */
  title: string;
  /** The finding it leads to; null where it is none. */
  finding: string | null;
  /** Number of findings at this step. */
  count: number;
  /** Centre in pixels. */
  left: number;
  /** Where its label has room; "none" leaves the icon with a title. */
  side: 'right' | 'left' | 'none';
}

const LABEL_CHARACTER = 5.9;
const ICON_ROOM = 22;

/** One marker per step that has findings, with labels where they fit: right, else left, else none. */
export function markersOf(run: RunView, window: StepWindow, width: number): Marker[] {
  const bySteps = new Map<number, Marker>();
  const mark = (step: number, severity: Marker['severity'], label: string, finding: string | null = null) => {
    if (step < window.from || step > window.to) return;
    bySteps.set(step, {
      step,
      severity,
      label,
      title: label,
      finding,
      count: 1,
      left: Math.round(stepPosition(step, window) * width),
      side: 'none',
    });
  };
  for (const finding of ranked(run.findings)) {
    if (finding.severity === 'info' && finding.phase === 'preflight') continue;
    const known = bySteps.get(finding.step);
    if (known !== undefined) known.count++;
    else mark(finding.step, finding.severity, finding.id, finding.id);
  }
  for (const event of run.course) {
    const { step, severity, label } = courseMark(event);
    const known = bySteps.get(step);
    // Findings at that step go first.
    if (known !== undefined && known.finding !== null && known.severity !== 'info') known.count++;
    else if (known?.finding === null) joined(known, severity, label);
    else mark(step, severity, label);
  }
  const parts = run.beside?.parting.parts ?? null;
  const there = parts === null ? undefined : bySteps.get(parts);
  if (there !== undefined) there.title = `${there.title}, ${say('runs part')}`;
  else if (parts !== null) mark(parts, 'parting', say('runs part'));
  const markers = [...bySteps.values()].sort((a, b) => b.step - a.step);
  let freeRight = width;
  markers.forEach((marker, i) => {
    const need = labelWidth(marker.label, LABEL_CHARACTER) + ICON_ROOM;
    const freeLeft = markers[i + 1]?.left ?? 0;
    if (freeRight - marker.left > need) marker.side = 'right';
    else if (marker.left - freeLeft > need + 8) marker.side = 'left';
    freeRight = marker.side === 'left' ? marker.left - need : marker.left - 8;
  });
  return markers.reverse();
}

/** Going back and changing the config are one moment mostly: the change gives it its looks. */
function joined(marker: Marker, severity: Marker['severity'], label: string): void {
  marker.title = `${marker.title}, ${label}`;
  if (severity === 'change') marker.severity = severity;
}

/** A rollback is marked where the run went on, a change where it came into force. */
function courseMark(event: CourseEvent): Pick<Marker, 'step' | 'severity' | 'label'> {
  return event.event === 'change'
    ? { step: event.step, severity: 'change', label: event.fix === undefined ? say('changed live') : say('{0} live', event.fix) }
    : { step: event.to, severity: 'back', label: say('steps {0} to {1} discarded', event.to, event.step) };
}
