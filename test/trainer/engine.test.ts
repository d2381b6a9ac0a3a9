import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DIST, writeConfig } from './trainer-process.js';

const temporary = (): string => mkdtempSync(path.join(tmpdir(), 'gradwatch-engine-'));

function cli(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const data = temporary();
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(DIST, 'cli.js'), ...args], {
    encoding: 'utf8',
    cwd: data,
    env: { ...process.env, GRADWATCH_TENSORFLOW: '', XDG_DATA_HOME: data, LOCALAPPDATA: data, ...env },
  });
  const lines = () => stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore
  return { status, stdout, stderr, lines };
}

/** A tfjs-node whose backend is the one of cpu: it loads and trains as the real one does, only slowly. */
function slowNative(code = ''): string {
  const folder = temporary();
  mkdirSync(path.join(folder, 'lib', 'napi-v8'), { recursive: true });
  writeFileSync(path.join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'), '');
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: '@tensorflow/tfjs-node', version: '4.22.0', main: 'main.js' }));
  writeFileSync(
    path.join(folder, 'main.js'),
    `${code}
    const engine = globalThis._tfengine;
    const kernels = [...globalThis._tfGlobals.get('kernelRegistry').values()].filter(({ backendName }) => backendName === 'cpu');
    for (const kernel of kernels) globalThis._tfGlobals.get('kernelRegistry').set('tensorflow_' + kernel.kernelName, { ...kernel, backendName: 'tensorflow' });
    engine.registerBackend('tensorflow', () => engine.findBackend('cpu'), 3);`,
  );
  return folder;
}

const longRun = {
  data: { generator: { name: 'regression', samples: 1000, features: 50, noise: 0.1 }, scale: 'standard' },
  model: { layers: [{ type: 'dense', units: 64, activation: 'relu' }, { type: 'dense', units: 1 }] }, // prettier-ignore
  training: { loss: 'meanSquaredError', optimizer: { type: 'adam', learningRate: 0.001 }, epochs: 100_000 },
};

describe('gradwatch engine', () => {
  it('status tells which engines run and what to do for native TensorFlow', () => {
    const { status, lines } = cli(['engine', 'status', '--json']);
    const [told] = lines() as [{ engines: { engine: string; runs: boolean; next: string | null }[] }];
    expect(status).toBe(0);
    expect(told.engines.map(({ engine, runs }) => [engine, runs])).toEqual([['wasm', true], ['cpu', true], ['tensorflow', false]]); // prettier-ignore
    expect(told.engines[2]?.next).toBe('gradwatch engine install');
  });

  it('status loads what is installed in a process of its own and trains a step', () => {
    const trains = cli(['engine', 'status'], { GRADWATCH_TENSORFLOW: slowNative() });
    expect(trains.stdout).toMatch(/tensorflow +runs: tfjs-node 4\.22\.0 in .* takes [\d.]+ ms/);
    const crashes = cli(['engine', 'status'], { GRADWATCH_TENSORFLOW: slowNative('process.abort();') });
    expect(crashes.status).toBe(0);
    expect(crashes.stdout).toMatch(/tensorflow +does not run: .*SIGABRT|tensorflow +does not run: .*exit code/);
  });

  it('install that cannot begin exits with 2 and the next command, and leaves nothing', () => {
    const folder = temporary();
    const { status, lines } = cli(['engine', 'install', '--json', '--into', path.join(folder, 'new')], { PATH: folder, Path: folder });
    expect(status).toBe(2);
    expect(lines().at(-1)).toMatchObject({ event: 'error', error: { code: 'engine-unavailable' } });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('engine "auto"', () => {
  const reason = (env: NodeJS.ProcessEnv) => {
    const { lines, stderr } = cli(['check', writeConfig(longRun), '--json'], env);
    const start = lines().find(({ event }) => event === 'start');
    return { ...start, stderr } as { engine?: string; engineReason?: string; stderr: string };
  };

  it('times an installed native engine on the model, and tells both figures', () => {
    const { engine, engineReason } = reason({ GRADWATCH_TENSORFLOW: slowNative() });
    expect(engine).toBe('wasm');
    expect(engineReason).toMatch(/native TensorFlow [\d.]+ ms a step, wasm [\d.]+ ms/);
  });

  it('trains on wasm where the native engine crashes, and tells it', () => {
    const { engine, engineReason } = reason({ GRADWATCH_TENSORFLOW: slowNative('process.abort();') });
    expect(engine).toBe('wasm');
    expect(engineReason).toContain('native TensorFlow is installed but fails');
  });
});
