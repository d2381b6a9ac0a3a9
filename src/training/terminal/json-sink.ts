import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { RunEvent } from '../../telemetry/events.js';
import type { FrameBatch } from '../../telemetry/frame-batch.js';
import { FrameLines } from '../../telemetry/frame-lines.js';
import { encodeEvent } from '../../telemetry/json-lines.js';
import type { RunSink } from '../run-outbox.js';

/** Events as JSON lines on a stream. The run waits while the reader is behind. */
export class JsonSink implements RunSink {
  private lines = new FrameLines([]);

  constructor(private readonly stream: Writable) {}

  event(event: RunEvent): void {
    if (event.event === 'start') this.lines = new FrameLines(event.layers.map((layer) => layer.name));
    this.write(encodeEvent(event) + '\n');
  }

  frames(batch: FrameBatch): void {
    // The stream may keep it for a while.
    this.write(this.lines.encode(batch).slice());
  }

  ready(): Promise<void> | null {
    return this.stream.writableNeedDrain ? drained(this.stream) : null;
  }

  private write(text: string | Uint8Array): void {
    if (!this.stream.destroyed) this.stream.write(text);
  }
}

/** Resolves when the stream has handed everything on, or its reader has gone away (it will then never drain). */
export async function drained(stream: Writable): Promise<void> {
  if (stream.destroyed || stream.writableLength === 0) return;
  const settled = new AbortController();
  const event = (name: string) => once(stream, name, { signal: settled.signal }).catch(() => undefined);
  await Promise.race([event('drain'), event('close')]);
  settled.abort();
}
