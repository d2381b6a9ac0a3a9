import type { AppError } from '../config/app-error.js';
import type { Evidence, Frame, RunEvent } from '../telemetry/events.js';
import type { FrameBatch } from '../telemetry/frame-batch.js';
import { FrameColumns } from '../telemetry/frame-columns.js';

/** Whoever listens to a run: the run log, the editor, the terminal. */
export interface RunSink {
  event(event: RunEvent): void;
  frames(batch: FrameBatch): void;
  /** A change the user wished was not made. */
  refused?(error: AppError): void;
  log?(level: 'info' | 'warn' | 'error' | 'debug', text: string): void;
  /** A promise while it cannot take more; the run waits for it. */
  ready?(): Promise<void> | null;
}

/** Frames go out at most about ten times a second. */
const FLUSH_INTERVAL_MS = 100;
/** ... or so many at a time. */
const MAX_FRAMES = 2048;

/** Sends what a run says to all sinks: frames in batches, events at once, everything in the order it happened. */
export class RunOutbox {
  private waiting: FrameColumns | null = null;
  private lastFlush = 0;

  constructor(private readonly sinks: readonly RunSink[]) {}

  /** A frame, with the risk and the evidence it was judged to have. */
  frame(frame: Frame, risk = frame.risk, evidence: readonly Evidence[] = frame.riskEvidence): void {
    this.waiting ??= new FrameColumns(frame.layers.length);
    this.waiting.push(frame, risk, evidence);
    if (this.waiting.count >= MAX_FRAMES || performance.now() - this.lastFlush >= FLUSH_INTERVAL_MS) this.flush();
  }

  /** Frames that happened before the event go out before it. */
  event(event: RunEvent): void {
    this.flush();
    for (const sink of this.sinks) sink.event(event);
  }

  refused(error: AppError): void {
    for (const sink of this.sinks) sink.refused?.(error);
  }

  log(level: 'info' | 'warn' | 'error' | 'debug', text: string): void {
    for (const sink of this.sinks) sink.log?.(level, text);
  }

  flush(): void {
    this.lastFlush = performance.now();
    if (this.waiting === null || this.waiting.count === 0) return;
    const batch = this.waiting.take();
    for (const sink of this.sinks) sink.frames(batch);
  }

  /** Waits for sinks that cannot keep up. */
  async ready(): Promise<void> {
    for (const sink of this.sinks) {
      const promise = sink.ready?.() ?? null;
      if (promise !== null) await promise;
    }
  }
}
