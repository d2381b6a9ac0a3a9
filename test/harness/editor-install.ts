// VS Code from the npm registry (the package code-server): server, workbench and extension host, without a download from elsewhere.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toolsFolder } from './browser.js';

/** A VS Code server ready to start. */
export interface BrowserEditor {
  /** Absolute path of VS Code's own `server-main.js`. */
  serverMain: string;
  /** The Node.js that runs it. */
  node: string;
  /** Version of VS Code. */
  version: string;
}

/** What is installed from the registry: the oldest supported editor, and the newest when `VSCODE=latest`. */
const RELEASES = {
  oldest: { codeServer: '4.99.4', ripgrep: '1.18.0', node: undefined },
  latest: { codeServer: '4.139.1', ripgrep: '1.18.0', node: '24' },
} as const;

export type EditorRelease = keyof typeof RELEASES;

/**
 * Installs the editor into `.vscode-test/` on first use (about 300 MB, under a minute); later calls find it there.
 * @throws Error with the command that failed and how to try again.
 */
export async function installBrowserEditor(release: EditorRelease): Promise<BrowserEditor> {
  const { codeServer, ripgrep, node } = RELEASES[release];
  const folder = path.join(toolsFolder, `code-server-${codeServer}`);
  if (!existsSync(folder)) await installOnce(folder, codeServer, ripgrep, node);
  const vscode = vscodeFolder(folder);
  const { version } = JSON.parse(await readFile(path.join(vscode, 'package.json'), 'utf8')) as { version: string };
  return {
    serverMain: path.join(vscode, 'out/server-main.js'),
    node: node === undefined ? process.execPath : path.join(folder, 'node_modules/node/bin/node'),
    version,
  };
}

function vscodeFolder(folder: string): string {
  return path.join(folder, 'node_modules/code-server/lib/vscode');
}

/** Installs beside the final place and renames: what is there is whole, also when two processes install or one is interrupted. */
async function installOnce(folder: string, codeServer: string, ripgrep: string, node: string | undefined): Promise<void> {
  await mkdir(toolsFolder, { recursive: true });
  const partial = await mkdtemp(`${folder}-`);
  await chmod(partial, 0o755);
  try {
    say(`Installing VS Code (code-server ${codeServer}) from the npm registry into .vscode-test/, once ...`);
    await writeFile(path.join(partial, 'package.json'), '{ "private": true }\n');
    const packages = [`code-server@${codeServer}`, `@vscode/ripgrep-universal@${ripgrep}`];
    await npm(partial, ['install', '--ignore-scripts', ...packages]);
    if (node !== undefined) await npm(partial, ['install', `node@${node}`]);
    say('Installing the parts of its server ...');
    await npm(vscodeFolder(partial), ['install', '--ignore-scripts', '--omit=dev']);
    await addRipgrep(partial);
    await rename(partial, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
    say('VS Code is installed.');
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** The search of the workspace needs `rg`, which the skipped install script would have downloaded. */
async function addRipgrep(folder: string): Promise<void> {
  const wanted = path.join(vscodeFolder(folder), 'node_modules/@vscode/ripgrep');
  if (!existsSync(wanted)) return;
  const name = process.platform === 'win32' ? 'rg.exe' : 'rg';
  await mkdir(path.join(wanted, 'bin'), { recursive: true });
  const brought = path.join(folder, 'node_modules/@vscode/ripgrep-universal/bin', `${process.platform}-${process.arch}`, name);
  await copyFile(brought, path.join(wanted, 'bin', name));
  await chmod(path.join(wanted, 'bin', name), 0o755);
}

async function npm(cwd: string, args: readonly string[]): Promise<void> {
  const all = [...args, '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  // A surrounding `npm run` hands its own settings down in variables; the project's must not reach this install.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(config_local_prefix|package_|lifecycle_)/i.test(name)),
  );
  const child = spawn('npm', all, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'], shell: process.platform === 'win32' });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return;
  throw new Error(
    `VS Code could not be installed from the npm registry: "npm ${args.join(' ')}" ended with exit code ${code}.\n${errors.trim()}\n` +
      'Check that npm reaches its registry ("npm ping") and run the command again, or set VSCODE to an installed desktop VS Code.',
  );
}

function say(line: string): void {
  console.error(line);
}
