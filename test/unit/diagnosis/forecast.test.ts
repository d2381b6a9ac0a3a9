import { describe, expect, it } from 'vitest';
import { createDiagnosis } from '../../../src/diagnosis/diagnosis.js';
import { ForecastBook } from '../../../src/diagnosis/forecast.js';
import { forecastLine } from '../../../src/telemetry/event-text.js';
import { loadTrace, makeConfig, makeFrame, makeLayer, makeStart, MLP } from './builders.js';

/** A run whose loss and gradient grow by a factor each step, until they overflow at 3.4e38. */
function growing(factor: number) {
  const start = makeStart();
  const diagnosis = createDiagnosis({ config: makeConfig(MLP), start, preflight: null });
  const book = new ForecastBook();
  for (let step = 0; step < 5000; step++) {
    const norm = factor ** step > 3.4e38 ? Infinity : factor ** step;
    const frame = makeFrame(step, {
      loss: norm,
      globalGradNorm: norm,
      layers: [makeLayer({ gradNorm: norm }), makeLayer({ gradNorm: norm })],
    });
    book.frame(frame);
    for (const finding of diagnosis.frame(frame).findings) book.finding(finding);
    if (norm === Infinity) return { scores: book.scores(), overflow: step, book };
  }
  throw new Error('It did not overflow.');
}

describe('forecasts of overflow', () => {
  it.each([1.05, 1.2, 1.5])('are right within a step where growth is geometric: x%s a step', (factor) => {
    const { scores, overflow } = growing(factor);
    expect(scores.length).toBeGreaterThan(0);
    for (const { step, steps, actual } of scores) {
      expect(actual).toBe(overflow - step);
      expect(Math.abs(steps - (actual ?? NaN))).toBeLessThanOrEqual(1);
    }
  });

  it('are scored against what came, in words', () => {
    const book = new ForecastBook();
    book.finding({ id: 'explosion-risk', step: 60, stepsToOverflow: 40 } as Parameters<ForecastBook['finding']>[0]);
    expect(book.scores().map(forecastLine)).toEqual(['forecast at step 60: overflow in 40 steps; the run ended before']);
    book.frame(makeFrame(95, { loss: NaN }));
    book.frame(makeFrame(96, { loss: NaN }));
    expect(book.scores().map(forecastLine)).toEqual(['forecast at step 60: overflow in 40 steps; it was 35']);
  });

  it('are taken back with the run', () => {
    const { book, overflow } = growing(1.2);
    book.goBackTo(overflow);
    expect(book.scores().every(({ actual }) => actual === null)).toBe(true);
    book.goBackTo(0);
    expect(book.scores()).toEqual([]);
  });

  it('are made on a recorded explosion', () => {
    const { config, start, report, frames } = loadTrace('exploding-slow-linear');
    const diagnosis = createDiagnosis({ config, start, preflight: report });
    const said = frames.flatMap((frame) => diagnosis.frame(frame).findings).filter(({ stepsToOverflow }) => stepsToOverflow !== null);
    expect(said.length).toBeGreaterThan(0);
  });
});
