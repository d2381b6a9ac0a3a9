import type { HostMessage } from '../src/telemetry/page-protocol.js';
import type { PageHost } from './page-host.js';
import { unpackMessage } from '../src/telemetry/page-numbers.js';
import { embeddedHost } from './report/embedded-run.js';
import { download } from './saved-file.js';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/**
 * Connects to the run a report carries, or to VS Code where its API is there; otherwise messages still arrive by
 * `window.postMessage` and commands go nowhere.
 */
export function connectHost(): PageHost {
  return embeddedHost() ?? editorHost();
}

function editorHost(): PageHost {
  const acquire = (globalThis as { acquireVsCodeApi?: () => VsCodeApi }).acquireVsCodeApi;
  const api = acquire?.();
  return {
    readOnly: false,
    send: (command) => api?.postMessage(command),
    listen: (receive) => addEventListener('message', (event: MessageEvent<HostMessage>) => receive(unpackMessage(event.data))),
    restore: () => api?.getState(),
    saveFile: (file) => (api === undefined ? download(file) : api.postMessage({ type: 'saveFile', ...file })),
    save: (state) => api?.setState(state),
  };
}
