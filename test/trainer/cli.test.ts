import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeLine } from '../../src/telemetry/json-lines.js';
import { decodeLog } from '../../src/telemetry/log-reader.js';
import { cli, runDir, running } from './command-line.js';
import { explodingConfig, healthyConfig, writeConfig } from './trainer-process.js';

function linesOf(text: string): Record<string, unknown>[] {
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const classes = {
  data: { generator: { name: 'blobs', samples: 150, centers: 3, std: 0.5 }, scale: 'standard' },
  model: { layers: [{ type: 'dense', units: 8, activation: 'relu' }, { type: 'dense', units: 3, activation: 'softmax' }] }, // prettier-ignore
  training: { loss: 'sparseCategoricalCrossentropy', optimizer: { type: 'adam', learningRate: 0.05 }, epochs: 10 },
};

describe('gradwatch train', () => {
  it('prints the test accuracy to stdout, the rest to stderr, and exits with 0', async () => {
    const directory = runDir();
    const { code, out, err } = await cli('train', writeConfig(classes), '--run-dir', directory);
    expect(out).toMatch(/^Test loss: [\d.]+\nTest accuracy: (0\.\d{3}|1\.000)\n$/);
    expect(err).toContain('epoch 10/10');
    expect(err).not.toContain('\u001b');
    expect(code).toBe(0);
    expect(readdirSync(directory).sort()).toEqual(['events.jsonl', 'net.gradwatch.json']);
  });

  it('writes the same events to stdout with --json as to the run log', async () => {
    const directory = runDir();
    const { code, out } = await cli('train', writeConfig(healthyConfig()), '--json', '--run-dir', directory);
    expect(code).toBe(0);
    expect(out).toBe(readFileSync(path.join(directory, 'events.jsonl'), 'utf8'));
    const [first] = linesOf(out);
    expect(first).toMatchObject({ event: 'start', schema: 1 });
    const names = ((first?.['layers'] ?? []) as { name: string }[]).map((layer) => layer.name);
    const frames = linesOf(out).filter((line) => line['event'] === 'frame');
    expect(frames).toHaveLength(20);
    expect(Object.keys(frames[0]?.['layers'] as object)).toEqual(names);
    expect(decodeLine(JSON.stringify(frames[0]), names)).toMatchObject({ event: 'frame', layers: [{ nonFinite: 0 }, { nonFinite: 0 }] });
  });

  it('stops at trouble before harm, exits with 3, and goes on to NaN when told to continue', async () => {
    const config = writeConfig(explodingConfig('pause'));
    const stopped = await cli('train', config, '--json', '--run-dir', runDir());
    expect(stopped.code).toBe(3);
    const events = linesOf(stopped.out);
    const end = events.at(-1);
    expect(end).toMatchObject({ event: 'end', status: 'diverged' });
    expect(events.find((event) => event['event'] === 'finding')).toMatchObject({ phase: 'preflight' });
    const on = await cli('train', config, '--json', '--on-trouble', 'continue', '--run-dir', runDir());
    expect(on.code).toBe(3);
    const record = decodeLog(on.out);
    expect(record.entries.at(-1)).toMatchObject({ event: 'end', status: 'diverged', steps: 200, loss: NaN });
    expect(on.out).toContain('"loss":"NaN"');
  });

  it('obeys --steps, --seed and --engine', async () => {
    const { out } = await cli(
      'train',
      writeConfig(healthyConfig()),
      '--json',
      '--steps',
      '3',
      '--seed',
      '-5',
      '--engine',
      'cpu',
      '--run-dir',
      runDir(),
    );
    const events = linesOf(out);
    expect(events[0]).toMatchObject({ seed: -5, engine: 'cpu', plannedSteps: 3 });
    expect(events.at(-1)).toMatchObject({ steps: 3, status: 'completed' });
  });

  it('ends in good order and with 130 when interrupted', async () => {
    const directory = runDir();
    const run = running('train', writeConfig(healthyConfig({ training: { epochs: 1_000_000 } })), '--json', '--run-dir', directory);
    await new Promise<void>((resolve) => run.child.stdout.on('data', (data: Buffer) => data.includes('"frame"') && resolve()));
    run.child.kill('SIGINT');
    const { code, out } = await run.done;
    expect(code).toBe(130);
    expect(linesOf(out).at(-1)).toMatchObject({ event: 'end', status: 'stopped' });
    expect(decodeLog(readFileSync(path.join(directory, 'events.jsonl'), 'utf8')).entries.at(-1)).toMatchObject({ event: 'end' });
  });

  it('ends quietly when its reader goes away', async () => {
    const run = running('train', writeConfig(healthyConfig({ training: { epochs: 1_000_000 } })), '--json', '--run-dir', runDir());
    await new Promise<void>((resolve) => run.child.stdout.once('data', () => resolve()));
    run.child.stdout.destroy();
    const { code, err } = await run.done;
    expect(code).toBe(0);
    expect(err).not.toMatch(/EPIPE|Error/);
  });
});

describe('gradwatch check', () => {
  it('finds what the first updates would do, without training', async () => {
    const { code, out, err } = await cli('check', writeConfig(explodingConfig('pause')));
    expect(code).toBe(3);
    expect(out).toMatch(/^error \S+ before training/m);
    expect(out).toMatch(/net\.gradwatch\.json:\d+:\d+/);
    expect(out).toMatch(/\n\d errors?(, \d \w+)*\. Nothing was trained\.\n$/);
    expect(err).toMatch(/^engine wasm/);
    const healthy = await cli('check', writeConfig(classes), '--json');
    expect(healthy.code).toBe(0);
    expect(linesOf(healthy.out).map((event) => event['event'])).toEqual(['start', 'state', 'state', 'end']);
  });

  it('names what does not run on the kernels of Gradwatch, once', async () => {
    const layers = [
      { type: 'reshape', targetShape: [2, 1] },
      { type: 'gru', units: 4, recurrentDropout: 0.2, name: 'memory' },
      { type: 'dense', units: 3, activation: 'softmax' },
    ];
    const config = writeConfig({ ...classes, model: { layers }, training: { ...classes.training, optimizer: { type: 'adagrad' } } });
    const { out, err } = await cli('check', config, '--json');
    const told = linesOf(out).filter(({ event }) => event === 'fallback');
    expect(told.map(({ layer }) => layer)).toEqual(['memory', null]);
    expect(err).toContain('note: layer "memory" runs without Gradwatch\'s fast kernels: it goes step by step: recurrentDropout');
  });
});

describe('gradwatch', () => {
  it('prints the schema', async () => {
    const { code, out } = await cli('schema');
    expect(code).toBe(0);
    expect(Object.keys((JSON.parse(out) as { properties: object }).properties)).toContain('training');
  });

  it.each([
    [['train'], /needs a config file/],
    [['trian', 'x'], /no command "trian"/],
    [['train', 'x', '--stpes', '3'], /--stpes/],
    [['train', 'x', '--steps', '0'], /--steps is "0"/],
    [['train', 'x', '--engine', 'cuda'], /auto, tensorflow, wasm, cpu/],
    [['fix', 'x', '--budget', 'long'], /no number of seconds/],
    [['train', 'nowhere.gradwatch.json'], /nowhere\.gradwatch\.json: There is no such config file/],
  ])('refuses %j with exit code 2 and one line', async (args, message) => {
    const { code, out, err } = await cli(...args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  it('names file, line and column of a mistake, and keeps stdout JSON', async () => {
    const config = writeConfig(healthyConfig({ training: { learningrate: 1 } }));
    const { code, out, err } = await cli('train', config, '--json');
    expect(code).toBe(2);
    expect(err).toMatch(/net\.gradwatch\.json:\d+:\d+: /);
    expect(err).not.toMatch(/\n\s+at /);
    expect(linesOf(out)).toMatchObject([{ event: 'error', error: { code: 'config-invalid' } }]);
  });
});
