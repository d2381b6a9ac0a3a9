import { createReadStream } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../config/app-error.js';
import { configNames, type RecordedConfig } from '../fixes/recorded-snapshot.js';
import type { StartEvent } from '../telemetry/events.js';
import { LogReader } from '../telemetry/log-reader.js';
import { lossIn, summarizeLog, type LogSummary } from '../telemetry/log-summary.js';
import { RunRecorder, type RecordedRun } from '../telemetry/recorded-run.js';
import { say } from './language.js';

/** Read and decoded in one go; the extension host is free between two pieces. */
const PIECE_BYTES = 128 * 1024;
/** Enough for the start event of most runs; a longer one is read on. */
const HEAD_BYTES = 16 * 1024;
const MAX_HEAD_BYTES = 4 * 2 ** 20;
const TAIL_BYTES = 64 * 1024;
/** Places of a log that are looked at for its small curve, and bytes read at each. */
const CURVE_POINTS = 24;
const POINT_BYTES = 16 * 1024;

/**
 * Reads a run from its log.
 * @param progress told the share that is read, 0..1
 * @throws AppError `run-not-found` or `run-invalid`
 */
export async function readRunLog(
  file: string,
  frameBytes: number,
  progress: (share: number) => void = () => undefined,
): Promise<RecordedRun> {
  const reader = new LogReader();
  const recorder = new RunRecorder(frameBytes);
  try {
    const size = Math.max(1, (await stat(file)).size);
    let read = 0;
    for await (const piece of createReadStream(file, { encoding: 'utf8', highWaterMark: PIECE_BYTES })) {
      recorder.take(reader.read(piece as string));
      read += (piece as string).length;
      progress(Math.min(1, read / size));
    }
    recorder.take(reader.finish());
  } catch (cause) {
    throw unreadable(file, cause);
  }
  const run = recorder.result();
  if (run === null)
    throw new AppError('run-invalid', say('This is no run log of Gradwatch.'), say('Open the events.jsonl of a run.'), { file });
  return run;
}

function unreadable(file: string, cause: unknown): AppError {
  if (cause instanceof SyntaxError || cause instanceof RangeError) {
    const action = say('It cannot be opened; delete it, or take it from a backup.');
    return new AppError('run-invalid', say('The run log is damaged: {0}', cause.message), action, { file }, { cause });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AppError(
    'run-not-found',
    say('The run log cannot be read: {0}.', reason),
    say('Check that it is still there.'),
    { file },
    { cause },
  );
}

/** Both ends of a log summed up, and some losses from between; null where it is no run log. */
export async function glanceAt(file: string): Promise<{ summary: LogSummary; losses: number[] } | null> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const piece = async (from: number, length: number) => {
      const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - from)));
      await handle.read(buffer, 0, buffer.length, from);
      return buffer.toString('utf8');
    };
    const tail = await piece(Math.max(0, size - TAIL_BYTES), TAIL_BYTES);
    let summary: LogSummary | null = null;
    for (let bytes = HEAD_BYTES; summary === null && bytes <= MAX_HEAD_BYTES; bytes *= 8) {
      summary = summarizeLog(await piece(0, bytes), tail);
      if (bytes >= size) break;
    }
    if (summary === null) return null;
    const losses: number[] = [];
    for (let i = 0; i < CURVE_POINTS; i++) {
      const loss = lossIn(await piece(Math.floor((i / CURVE_POINTS) * size), POINT_BYTES));
      if (loss !== null) losses.push(loss);
    }
    return { summary, losses };
  } finally {
    await handle.close();
  }
}

/** The copy of the config of a run in the folder of its log; null where there is none. */
export async function configBeside(file: string, start: StartEvent): Promise<RecordedConfig | null> {
  const folder = path.dirname(file);
  for (const name of configNames(start, await readdir(folder))) {
    const place = path.join(folder, name);
    const info = await stat(place).catch(() => null);
    if (info?.isFile() === true) return { name, text: await readFile(place, 'utf8') };
  }
  return null;
}
