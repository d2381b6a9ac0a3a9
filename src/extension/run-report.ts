import { formatNumber } from '../diagnosis/format-number.js';
import type { RunEvent } from '../telemetry/events.js';
import { fallbackLine } from '../telemetry/fallback-text.js';
import { changeLine, forecastLine, weightsLine, rollbackLine } from '../telemetry/event-text.js';
import type { RunMirror } from './run-mirror.js';

/** One event as a line of a terminal; null for those a reader does not need. */
export function reportLine(event: RunEvent): string | null {
  switch (event.event) {
    case 'start':
      return `${formatNumber(event.parameters)} parameters, ${formatNumber(event.samples.train)} samples, engine ${event.engine} (${event.engineReason})`;
    case 'epoch': {
      const held =
        event.validation === null ? '' : `, validation loss ${formatNumber(event.validation.loss)}${metrics(event.validation.metrics)}`;
      return `epoch ${event.epoch + 1}: loss ${formatNumber(event.loss)}${metrics(event.metrics)}${held}`;
    }
    case 'finding':
      return `${event.severity} at step ${event.step}: ${event.message} [${event.id}]`;
    case 'state':
      return event.state === 'paused' ? `paused at step ${event.step}${event.reason === undefined ? '' : `: ${event.reason}`}` : null;
    case 'forecast':
      return forecastLine(event);
    case 'change':
      return changeLine(event);
    case 'rollback':
      return rollbackLine(event);
    case 'end': {
      const accuracy = event.test?.metrics['accuracy'];
      const test = accuracy === undefined ? '' : `\nTest accuracy: ${formatNumber(accuracy)}`;
      const saved = event.weights === undefined ? '' : `\n${weightsLine(event.weights)}`;
      return `${event.status} after ${formatNumber(event.steps)} steps, loss ${formatNumber(event.loss)}${test}${saved}`;
    }
    case 'fallback':
      return fallbackLine(event);
    case 'trial':
      return null;
  }
}

/** The exit code of the command line for a run that has ended. */
export function exitCode(run: RunMirror): number {
  if (run.error !== null) return run.error.code === 'internal' || run.error.code === 'trainer-crashed' ? 1 : 2;
  if (run.stopRequested) return 130;
  return run.state === 'diverged' || run.standing.some((finding) => finding.severity === 'error') ? 3 : 0;
}

function metrics(values: Record<string, number>): string {
  return Object.entries(values)
    .map(([name, value]) => `, ${name} ${formatNumber(value)}`)
    .join('');
}
