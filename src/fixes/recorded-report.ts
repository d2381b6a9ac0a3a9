import { framesToBytes } from '../telemetry/frame-bytes.js';
import { frameBytes } from '../telemetry/frame-batch.js';
import { markdownHtml } from '../telemetry/markdown-html.js';
import type { RecordedRun } from '../telemetry/recorded-run.js';
import { reportHtml } from '../telemetry/report-html.js';
import { thinFrames } from '../telemetry/thin-frames.js';
import { recordedSnapshot, type RecordedConfig } from './recorded-snapshot.js';

/** Bytes of frames in a report before they are packed; packed they take about half of it. */
const FRAME_BYTES = 6 * 2 ** 20;
/** However many layers, so many frames stay. */
const LEAST_FRAMES = 500;

/** The built page, from the folder the program lies in. */
export interface ReportAssets {
  script: string;
  style: string;
  reportStyle: string;
  /** codicon.ttf in base64. */
  font: string;
}

/** What a process can do that this room cannot. */
export interface ReportTools {
  /** Deflates (raw) and gives base64. */
  pack: (bytes: Uint8Array) => Promise<string>;
  /** SHA-256 in base64. */
  sha256: (text: string) => string;
  /** The page about a finding in Markdown; null where there is none. */
  docs: (finding: string) => Promise<string | null>;
}

/** The report of a recorded run and how many of its frames are in it. */
export async function recordedReport(
  run: RecordedRun,
  config: RecordedConfig | null,
  assets: ReportAssets,
  tools: ReportTools,
): Promise<{ html: string; frames: number }> {
  const snapshot = recordedSnapshot(run, config);
  const frames = run.frames === null ? null : thinFrames(run.frames, frameLimit(run.start.layers.length));
  const ids = [...new Set(run.findings.map(({ id }) => id))];
  const texts = await Promise.all(ids.map((id) => tools.docs(id)));
  const docs = ids.flatMap((id, i) => (texts[i] == null ? [] : [{ id, html: markdownHtml(texts[i]) }]));
  const html = reportHtml({
    ...assets,
    snapshot: { ...snapshot, frames: null },
    frames: frames === null ? null : await tools.pack(framesToBytes(frames)),
    config,
    docs,
    footer: footerOf(run, frames?.count ?? 0),
    sha256: tools.sha256,
  });
  return { html, frames: frames?.count ?? 0 };
}

function frameLimit(layers: number): number {
  return Math.max(LEAST_FRAMES, Math.floor(FRAME_BYTES / frameBytes(layers)));
}

function footerOf({ start, frameCount }: RecordedRun, frames: number): string {
  const all = frameCount.toLocaleString('en-US');
  const kept =
    frames >= frameCount ? `${all} frames` : `${frames.toLocaleString('en-US')} of ${all} frames, smallest and largest values kept`;
  return `Gradwatch report of run ${start.run}: ${kept}. This file holds everything it shows and connects to nothing.`;
}
