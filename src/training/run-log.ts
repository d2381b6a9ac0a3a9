import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../config/app-error.js';
import type { ConfigDocument } from '../config/parse-config.js';
import type { RunEvent } from '../telemetry/events.js';
import type { FrameBatch } from '../telemetry/frame-batch.js';
import { FrameLines } from '../telemetry/frame-lines.js';
import { encodeEvent } from '../telemetry/json-lines.js';
import { EVENTS_FILE } from '../telemetry/log-reader.js';
import type { RunSink } from './run-outbox.js';

/**
 * `.gradwatch/runs/<time>-<config name>/` beside the config; sorts by time. A config that is only called gradwatch.json goes
 * by the name of its folder.
 */
export function defaultRunDirectory(configFile: string, time: Date): string {
  const stamp = time.toISOString().replace(/[:.]/g, '-');
  const folder = path.dirname(path.resolve(configFile));
  const name = path.basename(configFile).replace(/(^|\.)gradwatch\.jsonc?$|\.jsonc?$/, '') || path.basename(folder) || 'run';
  return path.join(folder, '.gradwatch', 'runs', `${stamp}-${name}`);
}

/** A config as it was read, for the copy beside the log. */
export interface LoggedConfig {
  name: string;
  text: string;
}

/** The log of a prepared run, in its directory, with a copy of its config. Throws as the constructor does. */
export function openRunLog(
  { directory, document }: { directory: string; document: ConfigDocument },
  lost?: (reason: string) => void,
): RunLog {
  return new RunLog(directory, { name: path.basename(document.file), text: document.text }, lost);
}

/**
 * Writes a run to `events.jsonl` of its directory, beside a copy of the config. Holds whole lines only: where the disk is
 * full in the middle of one, that line is taken back.
 */
export class RunLog implements RunSink {
  private readonly file: number;
  private lines = new FrameLines([]);
  private open = true;
  /** Bytes of whole lines. */
  private size = 0;

  /**
   * Creates the directory; `lost` is told why the log ends where it cannot be written any more.
   * Throws AppError `arguments` where it cannot be written at all; then nothing is left behind.
   */
  constructor(
    readonly directory: string,
    config: LoggedConfig,
    private readonly lost: (reason: string) => void = () => undefined,
  ) {
    const events = path.join(directory, EVENTS_FILE);
    let made: string | null = null;
    try {
      made = makeDirectory(directory);
      this.file = openSync(events, 'w');
      // Where the run directory is that of the config, its copy is there already, and may be newer.
      const copy = path.join(directory, config.name);
      if (made !== null || !existsSync(copy)) writeFileSync(copy, config.text);
    } catch (cause) {
      if (made !== null) rmSync(made, { recursive: true, force: true });
      const message = `The run log cannot be written here: ${reasonOf(cause)}.`;
      throw new AppError('arguments', message, 'Choose another folder with --run-dir, or make this one writable.', { file: directory }, { cause }); // prettier-ignore
    }
  }

  event(event: RunEvent): void {
    if (event.event === 'start') this.lines = new FrameLines(event.layers.map((layer) => layer.name));
    this.write(Buffer.from(encodeEvent(event) + '\n'));
  }

  frames(batch: FrameBatch): void {
    this.write(this.lines.encode(batch));
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    closeSync(this.file);
  }

  /** A full disk ends the log, not the training. */
  private write(bytes: Uint8Array): void {
    if (!this.open) return;
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(this.file, bytes, written);
      this.size += bytes.length;
    } catch (error) {
      this.giveUp(error);
    }
  }

  private giveUp(error: unknown): void {
    try {
      ftruncateSync(this.file, this.size);
      this.close();
    } catch {
      this.open = false;
    }
    this.lost(`The run log ends here, it cannot be written any more: ${reasonOf(error)}. The training goes on.`);
  }
}

/**
 * Creates a directory and those above it, one by one: the recursive mkdir of Node never returns below /proc.
 * Returns the topmost one that was made; null where it was there already.
 */
function makeDirectory(directory: string): string | null {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) return null;
  const parent = path.dirname(directory);
  const above = parent === directory ? null : makeDirectory(parent);
  try {
    mkdirSync(directory);
  } catch (error) {
    if (above !== null) rmSync(above, { recursive: true, force: true });
    throw error;
  }
  return above ?? directory;
}

const REASONS: Record<string, string> = {
  EEXIST: 'there is a file of this name',
  ENOTDIR: 'a part of the path is a file',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is as large as is allowed',
  ENAMETOOLONG: 'the name is too long',
  EISDIR: 'there is a folder of the name of a file',
};

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? code ?? String(error);
}
