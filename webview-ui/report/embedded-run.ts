import { framesFromBytes } from '../../src/telemetry/frame-bytes.js';
import type { FrameBatch } from '../../src/telemetry/frame-batch.js';
import { unpackMessage } from '../../src/telemetry/page-numbers.js';
import type { HostMessage, RunSnapshot } from '../../src/telemetry/page-protocol.js';
import { REPORT_FRAMES_ID, REPORT_OTHER_FRAMES_ID, REPORT_OTHER_RUN_ID, REPORT_RUN_ID } from '../../src/telemetry/report-html.js';
import type { PageHost } from '../page-host.js';
import { download } from '../saved-file.js';

/** The host of a report: the run lies in the document itself, and nobody takes commands. Null where the page is no report. */
export function embeddedHost(): PageHost | null {
  const carrier = document.getElementById(REPORT_RUN_ID);
  if (carrier === null) return null;
  let receive: (message: HostMessage) => void = () => undefined;
  return {
    readOnly: true,
    send: (command) => {
      if (command.type === 'ready') void sendRuns(carrier, (message) => receive(message));
    },
    listen: (callback) => (receive = callback),
    restore: () => undefined,
    saveFile: download,
    save: () => undefined,
  };
}

/** The run of the report, then the one laid over it. */
async function sendRuns(carrier: HTMLElement, receive: (message: HostMessage) => void): Promise<void> {
  receive(messageOf(await snapshotOf(carrier, REPORT_FRAMES_ID)));
  const other = document.getElementById(REPORT_OTHER_RUN_ID);
  if (other !== null) receive({ type: 'compare', snapshot: await snapshotOf(other, REPORT_OTHER_FRAMES_ID) });
}

const messageOf = (snapshot: RunSnapshot): HostMessage => ({
  type: 'snapshot',
  version: 1,
  snapshot,
  configs: [],
  history: [],
  trusted: false,
});

async function snapshotOf(carrier: HTMLElement, framesId: string): Promise<RunSnapshot> {
  const snapshot = unpackMessage(JSON.parse(carrier.textContent ?? '') as RunSnapshot);
  const packed = document.getElementById(framesId)?.textContent?.trim() ?? '';
  return { ...snapshot, frames: packed === '' ? null : await unpackFrames(packed) };
}

async function unpackFrames(base64: string): Promise<FrameBatch> {
  const packed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return framesFromBytes(new Uint8Array(await new Response(stream).arrayBuffer()));
}
