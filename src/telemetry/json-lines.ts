import type { Frame, LayerStats, RunEvent } from './events.js';
import type { TrialsResult } from './trials-protocol.js';

/*
 * The contract form of a run: one JSON object per line, on the CLI's stdout with --json and in the run log.
 * Frames carry their layers by name. JSON has no NaN and no infinities, so they are written as strings.
 */

/** A frame as an event of its own, as it stands in a line. */
export type FrameEvent = { event: 'frame' } & Frame;
export type LogEntry = RunEvent | FrameEvent;

/** Keys whose strings are text, never a number in disguise. */
const TEXT_KEYS: ReadonlySet<string> = new Set([
  'event', 'run', 'id', 'name', 'type', 'layer', 'cause', 'message', 'formula', 'caveat', 'reason', 'state', 'status',
  'severity', 'phase', 'engine', 'engineReason', 'configFile', 'time', 'fix', 'verdict', 'activation', 'title', 'why', 'stopped', 'file', 'finding',
]); // prettier-ignore
/** A number in disguise, wherever it stands. */
const NON_FINITE = /"(NaN|-?Infinity)"/;
/** Keys whose whole content is left as it is. */
const OPAQUE_KEYS: ReadonlySet<string> = new Set(['config', 'edits', 'at', 'error', 'fixes']);

/** One line without its newline. Non-finite numbers become "NaN", "Infinity" or "-Infinity". */
export function encodeEvent(event: RunEvent | TrialsResult): string {
  return JSON.stringify(event, writeNumber);
}

/**
 * Reads one line back. `layerNames` gives the order of a frame's layers (that of the start event).
 * Throws a SyntaxError where the line is not JSON or not an event.
 */
export function decodeLine(line: string, layerNames: readonly string[]): LogEntry {
  const value: unknown = JSON.parse(line);
  if (!isRecord(value) || typeof value['event'] !== 'string') throw new SyntaxError('This line is not an event.');
  // Most lines of a log are frames without such a number; they are as they should be already.
  const plain = value['event'] === 'frame' && !NON_FINITE.test(line);
  const event = plain ? value : (readNumbers(value, '') as Record<string, unknown>);
  if (event['event'] !== 'frame') return event as unknown as RunEvent;
  const layers = isRecord(event['layers']) ? event['layers'] : {};
  return { ...event, layers: layerNames.map((name) => (layers[name] ?? NO_STATS) as LayerStats) } as unknown as FrameEvent;
}

const NO_STATS: LayerStats = { gradNorm: NaN, maxAbs: NaN, nonFinite: 0, zeros: 0, weightNorm: NaN, updateRatio: NaN };

function writeNumber(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function readNumbers(value: unknown, key: string): unknown {
  if (typeof value === 'string') return TEXT_KEYS.has(key) ? value : readNumber(value);
  if (OPAQUE_KEYS.has(key) || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => readNumbers(item, key));
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, readNumbers(v, k)]));
}

function readNumber(text: string): string | number {
  if (text === 'NaN') return NaN;
  if (text === 'Infinity') return Infinity;
  return text === '-Infinity' ? -Infinity : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
