import type { HostMessage, PageCommand, SavedFile } from '../src/telemetry/page-protocol.js';

/** The seam to whoever holds the page: VS Code, a test, or nobody (a page opened in a plain browser). */
export interface PageHost {
  /** Nobody takes commands: the page is a report. */
  readOnly: boolean;
  send(command: PageCommand): void;
  /** Calls back for every message of the host. */
  listen(receive: (message: HostMessage) => void): void;
  /** What the last `save` kept; undefined at the first start. */
  restore(): unknown;
  /** Gives the user a file to keep. */
  saveFile(file: SavedFile): void;
  /** Keeps a small JSON value over hiding, moving and reloading of the page. */
  save(state: unknown): void;
}
