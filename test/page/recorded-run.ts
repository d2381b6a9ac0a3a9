import { previewEdits } from '../../src/config/edits.js';
import { locate } from '../../src/config/positions.js';
import { loadConfig } from '../../src/config/parse-config.js';
import { proposeFixes } from '../../src/fixes/propose-fixes.js';
import {
  FINAL_STATES,
  type EndEvent,
  type EpochEvent,
  type FindingEvent,
  type RunState,
  type StartEvent,
} from '../../src/telemetry/events.js';
import { encodeFrames, type FrameBatch } from '../../src/telemetry/frame-batch.js';
import type { FrameEvent } from '../../src/telemetry/json-lines.js';
import { decodeLog } from '../../src/telemetry/log-reader.js';
import type { FixCard, PageFinding, RunSnapshot } from '../../src/telemetry/page-protocol.js';

/** What the host would know at a step. */
export interface Moment {
  findings: PageFinding[];
  fixes: FixCard[];
  epochs: EpochEvent[];
  end: EndEvent | null;
}

/** A run log, ready to be replayed. */
export interface RecordedRun {
  start: StartEvent;
  lastStep: number;
  /** Frames of the steps `from` to `to`; null where there are none. */
  batch(from: number, to: number): FrameBatch | null;
  momentAt(step: number): Moment;
}

/** Reads a log and the config it was made from. */
export function readRun(log: string, config: string): RecordedRun {
  const { start, entries } = decodeLog(log);
  if (start === null) throw new Error('The run log has no start.');
  const frames = entries.filter((e): e is FrameEvent => e.event === 'frame');
  const findings = entries.filter((e): e is FindingEvent => e.event === 'finding');
  const epochs = entries.filter((e): e is EpochEvent => e.event === 'epoch');
  const end = entries.find((e): e is EndEvent => e.event === 'end') ?? null;
  const lastStep = frames.at(-1)?.step ?? -1;
  return {
    start,
    lastStep,
    batch: (from, to) => {
      const part = frames.filter(({ step }) => step >= from && step <= to);
      return part.length === 0 ? null : encodeFrames(part, start.layers.length);
    },
    momentAt: (step) => {
      const known = findings.filter((f) => f.phase === 'preflight' || f.step <= step);
      return {
        findings: known.map((f) => ({ ...f, line: locate(config, f.at, { nearest: true })?.line })),
        fixes: fixCards(known, config),
        epochs: epochs.filter((epoch) => (epoch.step ?? 0) <= step),
        end: step >= lastStep ? end : null,
      };
    },
  };
}

function fixCards(findings: FindingEvent[], text: string): FixCard[] {
  const { config } = loadConfig(text, 'gradwatch.json');
  return proposeFixes(findings, config).map(({ id, title, why, live, edits }) => ({
    id,
    title,
    why,
    live,
    diff: previewEdits(text, edits, 1),
    answers: findings.filter((f) => f.fixes.includes(id)).map((f) => f.id),
  }));
}

/** The snapshot a page would get after `step`; the whole run where that is Infinity. */
export function snapshotAt(recorded: RecordedRun, step: number, state?: RunState): RunSnapshot {
  const { start } = recorded;
  const moment = recorded.momentAt(step);
  const now = state ?? moment.end?.status ?? 'running';
  return {
    run: start.run,
    config: start.configFile ?? 'gradwatch.json',
    state: now,
    stateReason: now === 'paused' ? `paused at ${moment.findings.at(-1)?.id ?? 'your command'}` : undefined,
    start,
    frames: recorded.batch(0, step),
    epochs: moment.epochs,
    findings: moment.findings,
    fixes: moment.fixes,
    end: FINAL_STATES.includes(now) ? moment.end : null,
  };
}
