// Chooses a real VS Code for a purpose and says why: a desktop one where there is one that can run, else the browser editor.
import { existsSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { onPath } from './browser.js';
import { installBrowserEditor, type BrowserEditor } from './editor-install.js';

/** A desktop VS Code, or the browser editor; `why` is a sentence for the user. */
export type Editor =
  { kind: 'desktop'; executable: string | undefined; why: string } | { kind: 'browser'; editor: BrowserEditor; why: string };

const PROBE_LIMIT_MS = 3_000;
const RELEASES_ADDRESS = 'https://update.code.visualstudio.com/api/releases/stable';

/**
 * The editor to open for a person: `VSCODE` (a path, or `browser`), then `code` of this machine, then the browser editor.
 * @throws Error when VSCODE names nothing that exists, or the browser editor cannot be installed.
 */
export async function editorToOpen(): Promise<Editor> {
  const chosen = chosenDesktop();
  if (chosen !== undefined) return chosen;
  if (process.env['VSCODE'] === 'browser' || process.env['VSCODE'] === 'latest') return browserEditor('VSCODE asks for it');
  const found = installedDesktop();
  if (found === undefined) return browserEditor('there is no desktop VS Code on this machine ("code" is not on the PATH)');
  const obstacle = noDesktopReason();
  if (obstacle !== undefined) return browserEditor(obstacle);
  return { kind: 'desktop', executable: found, why: `it is installed: ${found}` };
}

/**
 * The editor for the tests inside the extension host: `VSCODE` (a path, `desktop`, `browser` or `latest`), then a downloaded
 * desktop VS Code where a display and its download server are there, then the browser editor.
 */
export async function editorToTest(): Promise<Editor> {
  const chosen = chosenDesktop();
  if (chosen !== undefined) return chosen;
  const wish = process.env['VSCODE'];
  if (wish === 'desktop') return { kind: 'desktop', executable: undefined, why: 'VSCODE asks for it' };
  if (wish === 'browser' || wish === 'latest') return browserEditor('VSCODE asks for it');
  const obstacle = noDesktopReason();
  if (obstacle !== undefined) return browserEditor(obstacle);
  if (!(await canDownload())) return browserEditor('the download server of desktop VS Code does not answer');
  return { kind: 'desktop', executable: undefined, why: 'it can be downloaded here' };
}

/** The browser editor of the tests and of `VSCODE=latest`. */
export async function browserEditor(why: string): Promise<Editor> {
  return { kind: 'browser', editor: await installBrowserEditor(process.env['VSCODE'] === 'latest' ? 'latest' : 'oldest'), why };
}

const WORDS = ['browser', 'desktop', 'latest'];

function chosenDesktop(): Editor | undefined {
  const chosen = process.env['VSCODE'];
  if (chosen === undefined || chosen === '' || WORDS.includes(chosen)) return undefined;
  if (!existsSync(chosen)) throw new Error(`The VSCODE variable names ${chosen}, which does not exist. Correct it or unset it.`);
  return { kind: 'desktop', executable: desktopExecutable(chosen) ?? chosen, why: 'the VSCODE variable names it' };
}

function installedDesktop(): string | undefined {
  const command = onPath(['code', 'codium', 'code-insiders']);
  const usual = process.platform === 'darwin' ? '/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code' : undefined;
  return [command, usual].filter((place) => place !== undefined && existsSync(place)).map((place) => desktopExecutable(place ?? ''))[0];
}

/**
 * The program behind the `code` command, which can be ended with Control+C as the command itself cannot.
 * Undefined for the `code` of a remote session, which only talks to a window elsewhere.
 */
export function desktopExecutable(command: string): string | undefined {
  const real = realpathSync(command);
  const folder = path.dirname(real);
  if (path.basename(folder) !== 'bin') return path.basename(folder) === 'remote-cli' ? undefined : real;
  const home = path.dirname(folder);
  const name = path.basename(real).replace(/\.cmd$/, '');
  const places = [
    path.join(home, name), // Linux: /usr/share/code/bin/code
    path.join(home, `${name === 'code' ? 'Code' : name}.exe`), // Windows
    path.join(home, '../../MacOS/Electron'), // macOS: Contents/Resources/app/bin/code
  ];
  return places.find((place) => existsSync(place) && statSync(place).isFile());
}

function noDesktopReason(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  if (process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']) return undefined;
  return 'this machine has no display (neither DISPLAY nor WAYLAND_DISPLAY is set)';
}

async function canDownload(): Promise<boolean> {
  try {
    return (await fetch(RELEASES_ADDRESS, { signal: AbortSignal.timeout(PROBE_LIMIT_MS) })).ok;
  } catch {
    return false;
  }
}
