import { createReadStream, readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../config/app-error.js';
import { configNames, type RecordedConfig } from '../../fixes/recorded-snapshot.js';
import { EVENTS_FILE, LogReader } from '../../telemetry/log-reader.js';
import { RunRecorder, type RecordedRun } from '../../telemetry/recorded-run.js';

/** Memory for the numbers of the frames: a million steps of two layers. */
const FRAME_BYTES = 256 * 2 ** 20;
const PIECE_BYTES = 2 ** 20;

/** A run read from disk. */
export interface StoredRun {
  run: RecordedRun;
  /** The config beside the log; null where it is gone. */
  config: RecordedConfig | null;
  /** The last line of the log was cut off; nothing before it is lost. */
  truncated: boolean;
  logFile: string;
}

/**
 * Reads the run in a run directory, or in its log.
 * @throws AppError `run-not-found` or `run-invalid`.
 */
export async function readRun(place: string): Promise<StoredRun> {
  const logFile = logOf(place);
  const reader = new LogReader();
  const recorder = new RunRecorder(FRAME_BYTES);
  try {
    for await (const piece of createReadStream(logFile, { encoding: 'utf8', highWaterMark: PIECE_BYTES })) recorder.take(reader.read(piece as string)); // prettier-ignore
    recorder.take(reader.finish());
  } catch (cause) {
    throw broken(logFile, cause);
  }
  const run = recorder.result();
  if (run === null) throw new AppError('run-invalid', 'This is no run log: it does not say which run it is of.', USE, { file: logFile });
  return { run, config: configBeside(logFile, run), truncated: reader.truncated, logFile };
}

const USE = 'Give a folder of .gradwatch/runs, or the events.jsonl in it.';

function logOf(place: string): string {
  const info = statOf(place);
  if (info === null) throw new AppError('run-not-found', 'There is no such run.', USE, { file: place });
  if (!info.isDirectory()) return place;
  const log = path.join(place, EVENTS_FILE);
  if (statOf(log)?.isFile() === true) return log;
  throw new AppError('run-not-found', `This folder holds no run: it has no ${EVENTS_FILE}.`, USE, { file: place });
}

function statOf(place: string): Stats | null {
  return statSync(place, { throwIfNoEntry: false }) ?? null;
}

function broken(file: string, cause: unknown): AppError {
  if (!(cause instanceof SyntaxError || cause instanceof RangeError)) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new AppError('run-not-found', `The run log cannot be read: ${reason}.`, 'Check that it is a file you may read.', { file }, { cause }); // prettier-ignore
  }
  const line = Number(/^Line (\d+)/.exec(cause.message)?.[1]);
  const place = { file, ...(Number.isFinite(line) ? { line } : {}) };
  // What is no event in its first line is no log at all.
  const begun = line !== 1;
  const message = begun ? 'The run log is damaged here: this line is not an event.' : 'This is no run log: its lines are not events.';
  const action = begun ? 'Remove the line, or take the log from a backup.' : USE;
  return new AppError('run-invalid', message, action, place, { cause });
}

/** The copy of the config that lies in the run directory. */
function configBeside(logFile: string, { start }: RecordedRun): RecordedConfig | null {
  const folder = path.dirname(logFile);
  const found = configNames(start, readdirSync(folder)).find((name) => statOf(path.join(folder, name))?.isFile() === true);
  return found === undefined ? null : { name: found, text: readFileSync(path.join(folder, found), 'utf8') };
}
