import { chmodSync, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../../../src/config/app-error.js';
import { installNative, noLibrary, type InstallOptions } from '../../../../../src/training/engine/native/install-native.js';
import { put, temporary } from './folders.js';

/** A program of this folder, which is all that is on the PATH. */
function program(folder: string, name: string, script: string): void {
  chmodSync(put(folder, name, `#!/bin/sh\n${script}\n`), 0o755);
}

async function refusal(options: Partial<InstallOptions>): Promise<AppError> {
  try {
    await installNative({ into: path.join(temporary(), 'new'), report: () => undefined, ...options });
  } catch (error) {
    if (AppError.is(error)) return error;
    throw error;
  }
  throw new Error('it was installed');
}

// Programs are shell scripts here.
describe.runIf(process.platform !== 'win32')('installNative', () => {
  let bin = '';
  beforeEach(() => {
    bin = temporary();
    vi.stubEnv('PATH', bin);
    vi.stubEnv('TFJS_NODE_BASE_URI', 'http://127.0.0.1:9/libtensorflow-');
  });
  afterEach(() => vi.unstubAllEnvs());

  const npmThatInstalls = `/bin/mkdir -p node_modules/@tensorflow/tfjs-node
echo '{"name":"@tensorflow/tfjs-node","version":"4.22.0"}' > node_modules/@tensorflow/tfjs-node/package.json
case "$*" in *--ignore-scripts*) ;; *) exit 9;; esac`;

  it('asks for npm where there is none', async () => {
    expect(await refusal({})).toMatchObject({ code: 'engine-unavailable', action: expect.stringContaining('gradwatch engine install') as string }); // prettier-ignore
  });

  it('tells what npm says', async () => {
    program(bin, 'npm', 'echo "npm error code E404" >&2; exit 1');
    expect((await refusal({})).message).toContain('E404');
  });

  it('fails fast where the download is out of reach and no Python helps, and leaves nothing behind', async () => {
    program(bin, 'npm', npmThatInstalls);
    program(bin, 'python3', 'echo null');
    const folder = temporary();
    const error = await refusal({ into: path.join(folder, 'new') });
    expect(error.message).toMatch(/ECONNREFUSED.*"python3" has no tensorflow.*no program "python"/);
    expect(error.action).toMatch(/pip install tensorflow-cpu.*gradwatch engine install --python/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('goes on with the TensorFlow of a Python, and tells what the compiler says', async () => {
    const wheel = temporary();
    put(wheel, 'libtensorflow_cc.so.2');
    put(wheel, 'libtensorflow_cc.2.dylib');
    put(wheel, path.join('include', 'tensorflow', 'c', 'c_api.h'));
    program(bin, 'npm', npmThatInstalls);
    program(bin, 'python3', `echo '{"folder":"${wheel}","version":"2.21.0"}'`);
    program(bin, 'c++', '[ "$1" = --version ] && exit 0; echo "x.cc:1: fatal error: no such header" >&2; exit 1');
    const told: string[] = [];
    const error = await refusal({ report: (text) => told.push(text) });
    expect(told.join('\n')).toContain('TensorFlow 2.21.0 of python3');
    expect(error.message).toContain('fatal error: no such header');
  });

  it('builds the binding itself where only the library could be downloaded', async () => {
    const installer = `const fs = require('fs');
fs.mkdirSync('deps/lib', { recursive: true });
fs.mkdirSync('deps/include/tensorflow/c', { recursive: true });
for (const name of ['lib/libtensorflow.so.2', 'lib/libtensorflow.2.dylib', 'include/tensorflow/c/c_api.h']) fs.writeFileSync('deps/' + name, '');
process.exit(1);`;
    const script = put(temporary(), 'install.js', installer);
    const toPackage = 'node_modules/@tensorflow/tfjs-node/scripts';
    program(bin, 'npm', `${npmThatInstalls}\n/bin/mkdir ${toPackage}; /bin/cp ${script} ${toPackage}/install.js`);
    program(bin, 'c++', '[ "$1" = --version ] && exit 0; echo "error: compiled for $PWD" >&2; exit 1');
    // Behind a proxy the address is not probed.
    vi.stubEnv('https_proxy', 'http://127.0.0.1:9');
    const told: string[] = [];
    const error = await refusal({ report: (text) => told.push(text) });
    expect(told.at(-1)).toContain("the vendor's library");
    expect(error.message).toContain('error: compiled for');
  });

  it('checks what the user named before anything is installed', async () => {
    program(bin, 'npm', 'exit 7');
    program(bin, 'python9', 'echo null');
    expect((await refusal({ python: 'python9' })).action).toMatch(/python9 -m pip install tensorflow-cpu/);
    expect((await refusal({ libtensorflow: temporary() })).message).toContain('libtensorflow');
  });

  it('replaces no folder of another kind', async () => {
    const into = temporary();
    const file = put(into, 'mine.txt');
    expect((await refusal({ into })).code).toBe('arguments');
    expect(existsSync(file)).toBe(true);
  });

  it('ends when it is cancelled, and leaves nothing behind', async () => {
    program(bin, 'npm', '/bin/sleep 60');
    const folder = temporary();
    const cancellation = new AbortController();
    const installing = installNative({ into: path.join(folder, 'new'), report: () => undefined, signal: cancellation.signal });
    setTimeout(() => cancellation.abort(new Error('cancelled')), 100);
    await expect(installing).rejects.toThrow('cancelled');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('noLibrary', () => {
  it('names only what helps on the platform', () => {
    expect(noLibrary('timeout', [], 'win32').action).not.toContain('--python');
    expect(noLibrary('timeout', ['x'], 'linux').action).toContain('--python');
  });
});
