import type { HostMessage, PageCommand, SavedFile } from '../src/telemetry/page-protocol.js';
import { unpackMessage } from '../src/telemetry/page-numbers.js';
import { download } from './saved-file.js';

/** The seam to whoever holds the page: VS Code, a test, or nobody (a page opened in a plain browser). */
export interface PageHost {
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

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** Connects to VS Code where its API is there; otherwise messages still arrive by `window.postMessage` and commands go nowhere. */
export function connectHost(): PageHost {
  const acquire = (globalThis as { acquireVsCodeApi?: () => VsCodeApi }).acquireVsCodeApi;
  const api = acquire?.();
  return {
    send: (command) => api?.postMessage(command),
    listen: (receive) => addEventListener('message', (event: MessageEvent<HostMessage>) => receive(unpackMessage(event.data))),
    restore: () => api?.getState(),
    saveFile: (file) => (api === undefined ? download(file) : api.postMessage({ type: 'saveFile', ...file })),
    save: (state) => api?.setState(state),
  };
}
