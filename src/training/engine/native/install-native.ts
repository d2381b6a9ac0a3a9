import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../config/app-error.js';
import { buildBinding } from './build-binding.js';
import { bindingOf, PACKAGE, packageIn, type TensorflowPackage } from './find-package.js';
import { assertReplaceable, INSTALL_NAME } from './install-folder.js';
import { canBuild, libraryIn, type NativeLibrary } from './native-library.js';
import { askPython } from './python-tensorflow.js';
import { runProcess } from './run-process.js';
import { vendorLibrary, whyUnreachable } from './vendor-download.js';
import { verifyNative, type Verified } from './verify-native.js';

/** The version Gradwatch is built with, and the headers its binding is compiled with. */
const PACKAGES = [`${PACKAGE}@4.22.0`, 'node-api-headers@1'];
const PYTHONS = ['python3', 'python'];

export interface InstallOptions {
  /** Use the TensorFlow of this Python. */
  python?: string | undefined;
  /** Use the library and headers in this folder. */
  libtensorflow?: string | undefined;
  into: string;
  signal?: AbortSignal | undefined;
  /** Tells what is being done. */
  report: (text: string) => void;
}

export interface Installed extends Verified {
  folder: string;
  /** Where the library came from. */
  library: string;
}

/**
 * Installs the native engine into a folder of its own and proves that it trains, before it takes the place of an earlier one. The
 * library is the vendor's download, or, where that fails or another is named, one that is on this machine already.
 *
 * @throws AppError `engine-unavailable` with the next command; the reason of `signal` where that ends it. Nothing is left behind.
 */
export async function installNative(options: InstallOptions): Promise<Installed> {
  const { into, report, signal } = options;
  assertReplaceable(into);
  const staging = `${into}.partial`;
  await rm(staging, { recursive: true, force: true });
  try {
    // Known before anything is downloaded, where the user named the library.
    const named = await namedLibrary(options);
    const found = await installPackage(staging, options);
    const library = named === null ? await vendorOrPython(staging, found, options) : await build(staging, found, named, options);
    report('Loading it and training one step ...');
    const verified = await verifyNative(staging, signal);
    await rm(into, { recursive: true, force: true });
    await rename(staging, into);
    return { ...verified, folder: into, library };
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

interface Source {
  library: NativeLibrary;
  name: string;
}

async function namedLibrary({ python, libtensorflow, signal }: InstallOptions): Promise<Source | null> {
  if (libtensorflow !== undefined) {
    const library = libraryIn(libtensorflow);
    if (typeof library !== 'string') return { library, name: libtensorflow };
    throw refuse(`No TensorFlow library: ${library}.`, 'Unpack one there (include/ and lib/), or use "gradwatch engine install --python PYTHON".'); // prettier-ignore
  }
  if (python === undefined) return null;
  const found = await pythonLibrary(python, signal);
  if (typeof found !== 'string') return found;
  throw refuse(`No TensorFlow library: ${found}.`, `Run "${python} -m pip install tensorflow-cpu", then this command again.`);
}

async function pythonLibrary(python: string, signal?: AbortSignal): Promise<Source | string> {
  const found = await askPython(python, signal);
  if (typeof found === 'string') return found;
  const library = libraryIn(found.folder);
  return typeof library === 'string' ? library : { library, name: `TensorFlow ${found.version} of ${python}` };
}

/** The package without its install script: neither library nor binding. */
async function installPackage(staging: string, { report, signal }: InstallOptions): Promise<TensorflowPackage> {
  report(`Installing ${PACKAGES.join(' and ')} with npm ...`);
  await mkdir(staging, { recursive: true });
  await writeFile(path.join(staging, 'package.json'), JSON.stringify({ name: INSTALL_NAME, version: '1.0.0', private: true }));
  const end = await runProcess('npm', ['install', ...PACKAGES, '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: staging, signal });
  if (end.missing) throw refuse('There is no npm here.', 'Install Node.js with npm (https://nodejs.org), then run "gradwatch engine install" again.'); // prettier-ignore
  const found = packageIn(staging);
  if (end.code === 0 && found !== null) return found;
  const why = end.tail.find((line) => /npm (error|ERR!)/.test(line)) ?? end.tail.at(-1) ?? 'no message';
  throw refuse(`npm cannot install ${PACKAGE}: ${why}.`, `Check "npm ping" and your registry, then run "gradwatch engine install" again.`);
}

async function vendorOrPython(staging: string, found: TensorflowPackage, options: InstallOptions): Promise<string> {
  const failure = await vendorDownload(found, options);
  if (failure === null) return "the vendor's download";
  options.report(`The vendor's download fails: ${failure}.`);
  // A mirror often has the library and not the binding, which the installer asks another host for.
  const downloaded = libraryIn(path.join(found.from, 'deps'));
  if (typeof downloaded !== 'string') return build(staging, found, { library: downloaded, name: "the vendor's library" }, options);
  const reasons: string[] = [];
  for (const python of canBuild(process.platform) ? PYTHONS : []) {
    const source = await pythonLibrary(python, options.signal);
    if (typeof source !== 'string') return build(staging, found, source, options);
    reasons.push(source);
  }
  const { message, action } = noLibrary(failure, reasons, process.platform);
  throw refuse(message, action);
}

/** What to say where neither the vendor nor a Python has the library. */
export function noLibrary(failure: string, reasons: readonly string[], platform: NodeJS.Platform): { message: string; action: string } {
  const python = reasons.length === 0 ? '' : `, and ${reasons.join('; ')}`;
  const message = `The vendor's library cannot be downloaded (${failure})${python}.`;
  const mirror = 'set TFJS_NODE_CDN_STORAGE to a mirror (with a / at its end)';
  if (!canBuild(platform)) return { message, action: `${capital(mirror)}, then run "gradwatch engine install" again.` };
  const environment = 'Run "python3 -m venv tf && tf/bin/pip install tensorflow-cpu"';
  return { message, action: `${environment}, then "gradwatch engine install --python tf/bin/python"; or ${mirror}.` };
}

/** Null on success, else why not. */
async function vendorDownload(found: TensorflowPackage, { report, signal }: InstallOptions): Promise<string | null> {
  const url = vendorLibrary(process.env, process.platform, process.arch);
  if (url === null) return `there is none for ${process.platform} on ${process.arch}`;
  report(`Asking for ${url} ...`);
  const unreachable = await whyUnreachable(url, process.env, signal);
  if (unreachable !== null) return unreachable;
  report(`Downloading ${url} ...`);
  const modules = path.join(found.from, '..', '..', '.bin');
  const env = { ...process.env, PATH: `${modules}${path.delimiter}${process.env['PATH'] ?? ''}` };
  const end = await runProcess(process.execPath, [path.join('scripts', 'install.js')], { cwd: found.from, env, signal });
  if (end.code === 0 && bindingOf(found) !== null) return null;
  return (end.tail.find((line) => /error/i.test(line)) ?? end.tail.at(-1) ?? 'without a word').trim();
}

async function build(staging: string, found: TensorflowPackage, { library, name }: Source, options: InstallOptions): Promise<string> {
  options.report(`Building the binding to ${name} ...`);
  const apiHeaders = path.join(staging, 'node_modules', 'node-api-headers');
  await buildBinding({ package: found.from, apiHeaders, library }, options.signal);
  return name;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function refuse(message: string, action: string): AppError {
  return new AppError('engine-unavailable', message, action);
}
