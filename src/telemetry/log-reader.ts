import type { StartEvent } from './events.js';
import { decodeLine, type LogEntry } from './json-lines.js';

/** Name of the log in the directory of a run. */
export const EVENTS_FILE = 'events.jsonl';

/**
 * Reads a run log piece by piece, as it comes from a file. A last line that was cut off, as a crash leaves it, is left out:
 * nothing that was written whole is lost.
 */
export class LogReader {
  /** The last line was cut off. Known after `finish`. */
  truncated = false;
  private rest = '';
  private line = 0;
  private names: readonly string[] = [];

  /** The entries that a piece of text completes. Throws SyntaxError with the line number where a line is no event. */
  read(text: string): LogEntry[] {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.decode(line));
  }

  /** The end of the file: the entry of a last line without a newline, where it is whole. */
  finish(): LogEntry[] {
    const last = this.rest;
    this.rest = '';
    try {
      return this.decode(last);
    } catch {
      this.truncated = true;
      return [];
    }
  }

  private decode(line: string): LogEntry[] {
    this.line += 1;
    if (line.trim() === '') return [];
    try {
      const entry = decodeLine(line, this.names);
      if (entry.event === 'start') this.names = entry.layers.map((layer) => layer.name);
      return [entry];
    } catch (error) {
      throw new SyntaxError(`Line ${this.line} of the run log is not an event.`, { cause: error });
    }
  }
}

/** A run read back from its log. */
export interface RunRecord {
  start: StartEvent | null;
  /** Everything in the order it was written, the start included. */
  entries: LogEntry[];
  /** The last line was cut off, as a crash can leave it; it is not among the entries. */
  truncated: boolean;
}

/** Reads a whole log. A broken last line is tolerated, any other throws a SyntaxError with its line number. */
export function decodeLog(text: string): RunRecord {
  const reader = new LogReader();
  const entries = [...reader.read(text), ...reader.finish()];
  const start = entries.findLast((entry) => entry.event === 'start') ?? null;
  return { start, entries, truncated: reader.truncated };
}
