import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { NETS, type BenchNet } from '../../bench/nets.js';
import { DIST, writeConfig } from './trainer-process.js';

interface Plan {
  data: object;
  /** Steps on wasm; the cpu engine, some hundred times slower, makes a few. */
  steps: number;
  cpuSteps: number;
}

const classes = (features: number, inputShape?: number[]) => ({
  generator: { name: 'randomLabels', samples: 300, features, classes: 10 },
  ...(inputShape === undefined ? {} : { inputShape }),
});

/** The four nets of the benchmarks, on data that a config can hold. The first runs beyond the steps that are all sampled. */
const PLANS: Record<string, Plan> = {
  a: { data: { generator: { name: 'regression', samples: 640 } }, steps: 300, cpuSteps: 20 },
  b: { data: classes(784), steps: 12, cpuSteps: 1 },
  c: { data: classes(784, [28, 28, 1]), steps: 12, cpuSteps: 1 },
  d: { data: { generator: { name: 'regression', samples: 300, features: 400 }, inputShape: [50, 8] }, steps: 12, cpuSteps: 1 },
};

/** Trains in a process of its own; the lines of its frames and one hash over them. */
async function framesOf(name: string, engine: 'wasm' | 'cpu', every: 'auto' | number): Promise<{ count: number; hash: string }> {
  const { data, steps, cpuSteps } = PLANS[name] as Plan;
  const { layers, batchSize, outputs } = NETS[name] as BenchNet;
  const config = {
    data,
    model: { layers },
    training: {
      loss: outputs === 1 ? 'meanSquaredError' : 'sparseCategoricalCrossentropy',
      optimizer: { type: 'adam', learningRate: 0.001 },
      batchSize,
      epochs: 1000,
      steps: engine === 'cpu' ? cpuSteps : steps,
    },
    watch: { every, onTrouble: 'continue' },
  };
  const runDir = mkdtempSync(path.join(tmpdir(), 'gradwatch-run-'));
  const args = ['train', writeConfig(config), '--json', '--engine', engine, '--seed', '7', '--run-dir', runDir];
  const child = spawn(process.execPath, [path.join(DIST, 'cli.js'), ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  let out = '';
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  const frames = out.split('\n').filter((line) => line.startsWith('{"event":"frame"'));
  return { count: frames.length, hash: createHash('sha256').update(frames.join('\n')).digest('hex') };
}

describe('two processes with one seed', () => {
  it.each(Object.keys(PLANS))(
    'say the same frames of net %s, to the last bit',
    async (name) => {
      for (const [engine, every] of [
        ['wasm', 'auto'],
        ['wasm', 1],
        ['cpu', 'auto'],
      ] as const) {
        // prettier-ignore
        const [first, second] = await Promise.all([framesOf(name, engine, every), framesOf(name, engine, every)]);
        expect(first.count).toBeGreaterThan(0);
        expect(second).toEqual(first);
      }
    },
    300_000,
  );

  it('sample a small net less often once it runs, with `auto`', async () => {
    const { count } = await framesOf('a', 'wasm', 'auto');
    expect(count).toBeGreaterThanOrEqual(200);
    expect(count).toBeLessThan(300);
  }, 60_000);
});
