import type { SavedFile } from '../src/telemetry/page-protocol.js';

/** Offers a file as a download: for pages in a plain browser. A webview of the editor cannot; there the host saves it. */
export function download({ name, content }: SavedFile): void {
  const type = name.endsWith('.png') ? 'image/png' : 'text/csv;charset=utf-8';
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([typeof content === 'string' ? content : new Uint8Array(content)], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
