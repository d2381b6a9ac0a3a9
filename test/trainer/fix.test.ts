import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { FindingEvent, TrialEvent } from '../../src/telemetry/events.js';
import { cli, runDir, running } from './command-line.js';
import { descendants, isAlive } from './processes.js';
import { explodingConfig, healthyConfig, writeConfig } from './trainer-process.js';

type Line = { event: string } & Record<string, unknown>;

function linesOf(text: string): Line[] {
  return text.trimEnd().split('\n').map((line) => JSON.parse(line) as Line); // prettier-ignore
}

const trialsOf = (lines: Line[]): TrialEvent[] => lines.filter(({ event }) => event === 'trial') as unknown as TrialEvent[];

const commented = `{
  // y = x + 2
  "data": { "generator": { "name": "linear", "from": 1, "to": 24, "intercept": 2 }, "validationSplit": 0 },
  "model": { "layers": [{ "type": "dense", "units": 1 }] },
  "training": {
    "loss": "meanSquaredError",
    "optimizer": { "type": "sgd", "learningRate": 0.05 /* too hasty */ },
    "epochs": 200, "batchSize": 24,
  },
}
`;

describe('gradwatch fix', () => {
  it('finds, tries and ranks, and leaves the config alone', async () => {
    const config = writeConfig(explodingConfig('pause'));
    const before = readFileSync(config, 'utf8');
    const { code, out } = await cli('fix', config, '--json');
    const lines = linesOf(out);
    expect([...new Set(lines.map(({ event }) => event))]).toEqual(['finding', 'trial', 'result']);
    const [best, ...others] = trialsOf(lines);
    expect(best).toMatchObject({ fix: 'lower-learning-rate', verdict: 'fixes', seeds: 1, live: true });
    expect(best?.share).toBeLessThan(0.5);
    expect(best?.steps).toBeGreaterThanOrEqual(200 / 5);
    expect(others.length).toBeGreaterThan(0);
    expect(others.every(({ verdict }) => verdict !== 'fixes')).toBe(true);
    expect(lines.at(-1)).toMatchObject({ event: 'result', status: 'fixed', fullRun: 200, written: false, best: { fix: 'lower-learning-rate' } }); // prettier-ignore
    expect(code).toBe(3);
    expect(readFileSync(config, 'utf8')).toBe(before);
  });

  it('writes the best with --write, keeps comments, and the config is healthy then', async () => {
    const config = writeConfig({});
    writeFileSync(config, commented);
    const { code, out, err } = await cli('fix', config, '--write');
    expect(code).toBe(0);
    expect(out).toContain('fixes');
    expect(err).toContain('written: ');
    const after = readFileSync(config, 'utf8');
    const rate = Number(/"learningRate": ([^ ]+)/.exec(after)?.[1]);
    expect(rate).toBeLessThan(0.00488);
    expect(after).toBe(commented.replace('0.05', String(rate)));
    expect((await cli('train', config, '--run-dir', runDir())).code).toBe(0);
  });

  it('says the same twice, whatever number of trials run at the same time', async () => {
    const config = writeConfig(explodingConfig('pause'));
    const [one, two] = [await cli('fix', config, '--json', '--engine', 'cpu'), await cli('fix', config, '--json', '--engine', 'cpu')];
    const timeless = (text: string): Line[] => linesOf(text).map(({ seconds: _seconds, ...line }) => line as Line);
    expect(timeless(one.out)).toEqual(timeless(two.out));
  });

  it('says that a healthy config is healthy, and exits with 0', async () => {
    const { code, out } = await cli('fix', writeConfig(healthyConfig()));
    expect(out).toMatch(/healthy/);
    expect(code).toBe(0);
  });

  it('names the place of what is wrong with the config or its data, and exits with 2', async () => {
    const config = writeConfig(healthyConfig({ training: { epochs: -1 } }));
    const { code, err } = await cli('fix', config);
    expect(code).toBe(2);
    expect(err).toMatch(/net\.gradwatch\.json:\d+:\d+: .*epochs/);
    const noData = await cli('fix', writeConfig(healthyConfig({ data: { generator: undefined, file: 'none.csv', target: 'y' } })));
    expect(noData.code).toBe(2);
    expect(noData.err).toMatch(/net\.gradwatch\.json:\d+:\d+: .*none\.csv/);
  });

  it('cancels within a second of Ctrl-C, exits with 130, and leaves no process behind', async () => {
    const endless = healthyConfig({ training: { epochs: 1_000_000 } });
    const { child, done } = running('fix', writeConfig(endless), '--json');
    const pid = child.pid as number;
    let below: number[] = [];
    while (below.length === 0) {
      await wait(50);
      below = descendants(pid);
    }
    await wait(500);
    const sent = performance.now();
    child.kill('SIGINT');
    const { code, out } = await done;
    expect(performance.now() - sent).toBeLessThan(1000);
    expect(code).toBe(130);
    expect(linesOf(out).at(-1)).toMatchObject({ event: 'result', status: 'cancelled' });
    await wait(50);
    expect(below.filter(isAlive)).toEqual([]);
  });

  it('ends its trials when it is killed itself', async () => {
    const { child, done } = running('fix', writeConfig(healthyConfig({ training: { epochs: 1_000_000 } })));
    let below: number[] = [];
    while (below.length === 0) {
      await wait(50);
      below = descendants(child.pid as number);
    }
    await wait(300);
    child.kill('SIGKILL');
    await done;
    for (let i = 0; i < 100 && below.some(isAlive); i++) await wait(20);
    expect(below.filter(isAlive)).toEqual([]);
  });

  it('ends with what it knows when the seconds are used up, and says so', async () => {
    const { code, out } = await cli('fix', writeConfig(healthyConfig({ training: { epochs: 1_000_000 } })), '--json', '--budget', '2');
    expect(linesOf(out).at(-1)).toMatchObject({ status: 'healthy', ended: 'seconds' });
    expect(code).toBe(0);
  });

  it('tells honestly when nothing works', async () => {
    const noise = {
      data: { generator: { name: 'randomLabels', samples: 200, features: 4, low: -1, high: 1, classes: 2 }, validationSplit: 0 },
      model: { layers: [{ type: 'dense', units: 1, activation: 'softmax' }] },
      training: { loss: 'binaryCrossentropy', metrics: ['accuracy'], optimizer: { type: 'sgd', learningRate: 0.01 }, epochs: 30 },
    };
    const { out } = await cli('fix', writeConfig(noise), '--json');
    const lines = linesOf(out);
    expect((lines.filter(({ event }) => event === 'finding') as unknown as FindingEvent[]).length).toBeGreaterThan(0);
    expect(trialsOf(lines).filter(({ verdict }) => verdict === 'fixes')).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ event: 'result' });
    expect(['none', 'helps']).toContain(lines.at(-1)?.['status']);
    expect(String(lines.at(-1)?.['reason'])).toMatch(/trivial predictor/);
  });
});
