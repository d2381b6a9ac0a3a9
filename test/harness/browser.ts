// A real Chromium for the page, integration and end-to-end tests, from the machine or from the npm registry; never skipped silently.
import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

/** Where the test tools keep what they unpack or install; ignored by git. */
export const toolsFolder = fileURLToPath(new URL('../../.vscode-test/', import.meta.url));

/** A Chromium that can be started. */
export interface BrowserProgram {
  executablePath: string;
  /** Variables the browser needs on top of the environment, for example where its own libraries are. */
  env: Record<string, string>;
  /** Where it comes from, for messages: the variable, the PATH or the npm package. */
  source: string;
}

/** A running browser with one page; `close` ends it and deletes its profile. */
export interface LaunchedBrowser {
  context: BrowserContext;
  page: Page;
  source: string;
  close(): Promise<void>;
}

/** What a test may choose about its browser. */
export interface BrowserOptions {
  /** CSS pixels; 1280 x 800 when left out. */
  viewport?: { width: number; height: number };
  /** Extra command line flags. */
  args?: readonly string[];
  colorScheme?: 'light' | 'dark';
  reducedMotion?: 'reduce' | 'no-preference';
  forcedColors?: 'active' | 'none';
  deviceScaleFactor?: number;
  timezoneId?: string;
  /** Draws alike on every machine that can: the Chromium of the npm package with its own fonts, where it runs. */
  alike?: boolean;
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
];

const namesOnPath = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

const usualPlaces: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
    const folder = process.env[name];
    return folder === undefined ? [] : [path.join(folder, 'Google/Chrome/Application/chrome.exe')];
  }),
};

/**
 * Finds a Chromium: the `CHROMIUM` variable, then one installed on the machine, then the one inside the npm package
 * `@sparticuz/chromium` (Linux on x64), unpacked once into `.vscode-test/`.
 * @throws Error that says what to install or set when there is none.
 */
export async function findBrowser(): Promise<BrowserProgram> {
  const chosen = process.env['CHROMIUM'];
  if (chosen !== undefined && chosen !== '') {
    if (!existsSync(chosen)) throw new Error(`The CHROMIUM variable names ${chosen}, which does not exist. Correct it or unset it.`);
    return { executablePath: chosen, env: {}, source: 'the CHROMIUM variable' };
  }
  const installed = onPath(namesOnPath) ?? usualPlaces[process.platform]?.find((place) => existsSync(place));
  if (installed !== undefined) return { executablePath: installed, env: {}, source: installed };
  if (drawsAlike()) return unpackedBrowser();
  throw new Error('No Chromium or Chrome found. Install one, or set CHROMIUM=/path/to/chromium, and run the command again.');
}

/** Whether the Chromium of the npm package runs here: it is built for one platform. */
export function drawsAlike(): boolean {
  return process.platform === 'linux' && process.arch === 'x64';
}

/** Starts a headless browser with a fresh profile. */
export async function launchBrowser(options: BrowserOptions = {}): Promise<LaunchedBrowser> {
  const { args = [], viewport = { width: 1280, height: 800 }, alike = false, ...rest } = options;
  const program = alike && drawsAlike() ? await unpackedBrowser(true) : await findBrowser();
  const profile = await mkdtemp(path.join(os.tmpdir(), 'gradwatch-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: program.executablePath,
    headless: true,
    viewport,
    args: [...flags, ...args],
    env: { ...definedVariables(process.env), ...program.env },
    ...rest,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const close = async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { context, page, source: program.source, close };
}

/** The first of these programs that is on the PATH. */
export function onPath(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  for (const name of names)
    for (const folder of folders)
      for (const suffix of suffixes) {
        const file = path.join(folder, name + suffix);
        if (existsSync(file)) return file;
      }
  return undefined;
}

function definedVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** The npm package's Chromium. It is unpacked here and not by the package, whose fixed place in the temp folder two processes may race for. */
async function unpackedBrowser(ownFonts = false): Promise<BrowserProgram> {
  const packed = path.resolve(path.dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '../..');
  const { version } = JSON.parse(await readFile(path.join(packed, 'package.json'), 'utf8')) as { version: string };
  const folder = path.join(toolsFolder, `chromium-${version}`);
  if (!existsSync(folder)) {
    console.error(`Unpacking Chromium of @sparticuz/chromium ${version} ...`);
    await mkdir(toolsFolder, { recursive: true });
    const partial = await mkdtemp(`${folder}-`);
    await unpackFile(path.join(packed, 'bin/chromium.br'), path.join(partial, 'chromium'));
    for (const name of ['al2023', 'fonts', 'swiftshader']) await unpackTar(path.join(packed, `bin/${name}.tar.br`), partial);
    await chmod(path.join(partial, 'chromium'), 0o755);
    await chmod(partial, 0o755);
    await writeFile(path.join(partial, 'fonts.conf'), fontConfig(folder));
    await rename(partial, folder).catch(async (error: unknown) => {
      await rm(partial, { recursive: true, force: true });
      if (!existsSync(folder)) throw error; // otherwise another process was faster, and its copy is as good
    });
  }
  const env = { LD_LIBRARY_PATH: [path.join(folder, 'lib'), process.env['LD_LIBRARY_PATH'] ?? ''].filter(Boolean).join(':') };
  const systemFonts = !ownFonts && existsSync('/etc/fonts/fonts.conf');
  return {
    executablePath: path.join(folder, 'chromium'),
    env: systemFonts ? env : { ...env, FONTCONFIG_PATH: folder },
    source: `@sparticuz/chromium ${version}`,
  };
}

/** The package's own file names fixed folders; this one names the folder the fonts are in. */
function fontConfig(folder: string): string {
  return `<?xml version="1.0"?><fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>\n`;
}

async function unpackFile(from: string, to: string): Promise<void> {
  await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));
}

async function unpackTar(from: string, folder: string): Promise<void> {
  const archive = path.join(folder, 'archive.tar');
  await unpackFile(from, archive);
  await promisify(execFile)('tar', ['-x', '--no-same-owner', '-f', archive, '-C', folder]);
  await rm(archive);
}
