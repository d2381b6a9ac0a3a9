import { describe, expect, it } from 'vitest';
import { harmStep } from '../../bench/scoreboard/harm.js';
import type { FindingEvent } from '../../src/telemetry/events.js';
import { decodeLog } from '../../src/telemetry/log-reader.js';
import { cli, runDir } from './command-line.js';
import { writeConfig } from './trainer-process.js';

/*
 * y = x + 2 on x = 1..24, one linear layer, full batches: an exact quadratic whose largest curvature is 409.9, so that gradient
 * descent diverges exactly above a rate of 2 / 409.9 = 0.00488. By theory the weights overflow at steps 37 (.01), 181 (.0055)
 * and 4895 (.0049), and converge at .0048.
 */
async function train(learningRate: number, steps: number) {
  const config = {
    data: { generator: { name: 'linear', from: 1, to: 24, slope: 1, intercept: 2 }, validationSplit: 0, shuffle: false },
    model: { layers: [{ type: 'dense', units: 1 }] },
    training: { loss: 'meanSquaredError', optimizer: { type: 'sgd', learningRate }, steps, epochs: 100_000, batchSize: 24 },
    watch: { onTrouble: 'continue', every: 1 },
  };
  const { out } = await cli('train', writeConfig(config), '--json', '--seed', '1', '--run-dir', runDir());
  const { entries } = decodeLog(out);
  const findings = entries.filter((entry): entry is FindingEvent => entry.event === 'finding' && entry.severity !== 'info');
  const frames = entries.filter((entry) => entry.event === 'frame');
  return { findings, frames, harm: harmStep(frames), loss: frames.at(-1)?.loss ?? NaN };
}

describe('the line y = x + 2 on both sides of its exact limit of 0.00488', () => {
  it('is silent at 0.0048, which converges', async () => {
    const { findings, frames, harm, loss } = await train(0.0048, 1500);
    expect(findings).toEqual([]);
    expect(harm).toBeNull();
    expect(loss).toBeLessThan(1e-3 * (frames[0]?.loss ?? 0));
    expect(Math.max(...frames.map((frame) => frame.risk))).toBeLessThanOrEqual(0.5);
  }, 120_000);

  it('warns at 0.0049 before any harm, with the limit', async () => {
    const { findings, frames, harm, loss } = await train(0.0049, 400);
    const risk = findings.find((finding) => finding.id === 'explosion-risk');
    expect(harm).toBeGreaterThan(100);
    expect(loss).toBeGreaterThan(100 * (frames[0]?.loss ?? Infinity));
    expect(risk).toMatchObject({ severity: 'error', phase: 'preflight', at: ['training', 'optimizer', 'learningRate'] });
    expect(risk?.evidence['learning rate limit']).toBeCloseTo(2 / 409.9, 5);
  }, 120_000);

  it.each([
    [0.01, 37],
    [0.0055, 181],
  ])(
    'at %d the weights overflow where theory says, and the warning stands before that',
    async (rate, overflow) => {
      const { findings, frames, harm } = await train(rate, overflow + 60);
      const first = frames.find((frame) => !Number.isFinite(frame.loss))?.step ?? Infinity;
      expect(Math.abs(first - overflow)).toBeLessThanOrEqual(0.1 * overflow);
      expect(findings[0]).toMatchObject({ phase: 'preflight' });
      expect(harm).toBeLessThan(first);
    },
    120_000,
  );
});
