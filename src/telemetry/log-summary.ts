import { FINAL_STATES, type RunState, type StartEvent } from './events.js';
import { decodeLine, type LogEntry } from './json-lines.js';

/** What a list of runs says about one, read from both ends of its log. */
export interface LogSummary {
  start: StartEvent;
  /** "failed" where the log ends without an end. */
  state: RunState;
  /** Updates made, as far as the log tells. */
  steps: number;
  loss: number;
  /** Whether the log tells its end. */
  ended: boolean;
}

/**
 * Sums a log up from its first lines and its last ones; they may overlap, and the line in which the last ones begin may be cut.
 * Null where the first lines hold no start: then it is no run log, or a damaged one.
 */
export function summarizeLog(head: string, tail: string): LogSummary | null {
  const start = entriesOf(head, []).find((entry) => entry.event === 'start');
  if (start === undefined) return null;
  const summary: LogSummary = { start, state: 'failed', steps: 0, loss: NaN, ended: false };
  const names = start.layers.map((layer) => layer.name);
  for (const entry of entriesOf(tail, names)) addEntry(summary, entry);
  return summary;
}

function addEntry(summary: LogSummary, entry: LogEntry): void {
  if (entry.event === 'frame') {
    summary.steps = entry.step;
    summary.loss = entry.loss;
  } else if (entry.event === 'end') {
    Object.assign(summary, { state: entry.status, steps: entry.steps, loss: entry.loss, ended: true });
  } else if (entry.event === 'state' && FINAL_STATES.includes(entry.state)) summary.state = entry.state;
}

/** Loss of the first whole frame in a piece from the middle of a log; null where there is none. */
export function lossIn(piece: string): number | null {
  const frame = entriesOf(piece, []).find((entry) => entry.event === 'frame');
  return frame === undefined ? null : frame.loss;
}

/** The whole lines of a piece that are events. */
function entriesOf(piece: string, names: readonly string[]): LogEntry[] {
  return piece.split('\n').flatMap((line) => {
    try {
      return line.startsWith('{') ? [decodeLine(line, names)] : [];
    } catch {
      return [];
    }
  });
}
