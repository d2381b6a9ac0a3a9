import { framesToBytes } from '../telemetry/frame-bytes.js';
import { frameBytes } from '../telemetry/frame-batch.js';
import { markdownHtml } from '../telemetry/markdown-html.js';
import type { RecordedRun } from '../telemetry/recorded-run.js';
import { ENGLISH_REPORT, reportHtml, type ReportLanguage, type ReportRun } from '../telemetry/report-html.js';
import type { RunSnapshot } from '../telemetry/page-protocol.js';
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

/** A run as it was recorded and the config beside its log. */
export interface Recorded {
  run: RecordedRun;
  config: RecordedConfig | null;
}

/** The report of a recorded run, with another one laid over it where one is given, and how many of its own frames are in it. */
export async function recordedReport(
  { run, config }: Recorded,
  other: Recorded | null,
  assets: ReportAssets,
  tools: ReportTools,
  language: ReportLanguage = ENGLISH_REPORT,
): Promise<{ html: string; frames: number }> {
  const carried = await carriedRun(recordedSnapshot(run, config), run, tools);
  const ids = [...new Set(run.findings.map(({ id }) => id))];
  const texts = await Promise.all(ids.map((id) => tools.docs(id)));
  const docs = ids.flatMap((id, i) => (texts[i] == null ? [] : [{ id, html: markdownHtml(texts[i]) }]));
  const html = reportHtml({
    ...assets,
    ...carried,
    other: other === null ? null : await carriedRun(comparedSnapshot(other), other.run, tools),
    config,
    language,
    docs,
    footer: language.footer(run.start.run, carried.count, run.frameCount),
    sha256: tools.sha256,
  });
  return { html, frames: carried.count };
}

async function carriedRun(
  snapshot: RunSnapshot,
  { frames, start }: RecordedRun,
  tools: ReportTools,
): Promise<ReportRun & { count: number }> {
  const kept = frames === null ? null : thinFrames(frames, frameLimit(start.layers.length));
  return {
    snapshot: { ...snapshot, frames: null },
    frames: kept === null ? null : await tools.pack(framesToBytes(kept)),
    count: kept?.count ?? 0,
  };
}

/** Of the run laid over another the page shows curves, settings and results; its findings have places in another config. */
function comparedSnapshot({ run, config }: Recorded): RunSnapshot {
  return { ...recordedSnapshot(run, config), findings: [], fixes: [] };
}

function frameLimit(layers: number): number {
  return Math.max(LEAST_FRAMES, Math.floor(FRAME_BYTES / frameBytes(layers)));
}
