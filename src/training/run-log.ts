import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../config/app-error.js';
import type { RunEvent } from '../telemetry/events.js';
import { decodeFrames, type FrameBatch } from '../telemetry/frame-batch.js';
import { encodeEvent, encodeFrame } from '../telemetry/json-lines.js';
import type { RunSink } from './run-outbox.js';

export const EVENTS_FILE = 'events.jsonl';

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

/** Writes a run to `events.jsonl` of its directory, beside a copy of the config. Only whole lines are ever handed to the system. */
export class RunLog implements RunSink {
  private readonly file: number;
  private layerNames: string[] = [];
  private open = true;

  /** Creates the directory. Throws AppError `arguments` where it cannot be written. */
  constructor(
    readonly directory: string,
    config: { name: string; text: string },
  ) {
    try {
      mkdirSync(directory, { recursive: true });
      writeFileSync(path.join(directory, config.name), config.text);
      this.file = openSync(path.join(directory, EVENTS_FILE), 'w');
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new AppError('arguments', `The run log cannot be written to ${directory}: ${reason}.`, 'Choose another folder with --run-dir.', {}, { cause }); // prettier-ignore
    }
  }

  event(event: RunEvent): void {
    if (event.event === 'start') this.layerNames = event.layers.map((layer) => layer.name);
    this.write(encodeEvent(event) + '\n');
  }

  frames(batch: FrameBatch): void {
    this.write(decodeFrames(batch).map((frame) => encodeFrame(frame, this.layerNames) + '\n').join('')); // prettier-ignore
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    closeSync(this.file);
  }

  /** A full disk ends the log, not the training. */
  private write(text: string): void {
    if (!this.open) return;
    try {
      const bytes = Buffer.from(text);
      for (let written = 0; written < bytes.length;) written += writeSync(this.file, bytes, written);
    } catch {
      this.close();
    }
  }
}
