import { describe, expect, it } from 'vitest';
import { TrainerProcess, writeConfig } from './trainer-process.js';

/** 100 batches of 4 rows of y = x0 - x1, in their order; one row has a target that is wildly off, in batch 75 at place 2. */
const OUTLIER = 302;
const x = Array.from({ length: 400 }, (_, i) => [Math.sin(i), Math.cos(1.7 * i)]);
const y = x.map(([a = 0, b = 0], i) => [i === OUTLIER ? 500 : a - b + 0.3 * Math.sin(12.9898 * i)]);

function config(engine: string, detectors: object): string {
  return writeConfig({
    data: { inline: { x, y }, shuffle: false, validationSplit: 0 },
    model: {
      layers: [
        { type: 'dense', units: 8, activation: 'tanh' },
        { type: 'dropout', rate: 0.2 },
        { type: 'dense', units: 1 },
      ],
    },
    training: { loss: 'meanSquaredError', optimizer: { type: 'adam', learningRate: 0.01 }, epochs: 1, batchSize: 4, engine },
    watch: { every: 1, onTrouble: 'continue', detectors },
  });
}

async function run(engine: string, detectors: object = {}): Promise<TrainerProcess> {
  const trainer = new TrainerProcess();
  trainer.train({ configFile: config(engine, detectors) });
  expect(await trainer.exited).toBe(0);
  return trainer;
}

describe.each(['wasm', 'cpu'])('a gradient spike on %s', (engine) => {
  it('names the row of the batch behind it, and looking at the rows changes nothing', async () => {
    const watched = await run(engine);
    const spike = watched.events.find((event) => event.event === 'finding' && event.id === 'gradient-spike');
    expect(spike).toMatchObject({ step: 75, evidence: { 'batch row 1': 2, 'training row 1': OUTLIER } });
    expect(spike?.event === 'finding' && spike.message).toContain('by row 2 of the batch (training row 302)');
    const unwatched = await run(engine, { 'gradient-spike': 'off' });
    const numbers = (trainer: TrainerProcess) =>
      trainer.frames.map(({ loss, globalGradNorm, layers }) => ({ loss, globalGradNorm, layers }));
    expect(numbers(watched)).toHaveLength(100);
    expect(numbers(watched)).toEqual(numbers(unwatched));
  });
});
