import { describe, expect, it } from 'vitest';
import { createDiagnosis } from '../../../src/diagnosis/diagnosis.js';
import type { FindingEvent } from '../../../src/telemetry/events.js';
import { makeConfig, makeReport, makeStart, MLP } from './builders.js';

interface Losses {
  training: (epoch: number) => number;
  validation: (epoch: number) => number;
  accuracy?: (epoch: number) => number;
}

/** The findings of 30 epochs, with 320 training rows unless said otherwise. */
function epochs({ training, validation, accuracy }: Losses, parameters = 1000, validationRows = 80, layers = MLP): FindingEvent[] {
  const start = makeStart(undefined, { parameters, samples: { train: 320, validation: validationRows } });
  const diagnosis = createDiagnosis({ config: makeConfig(layers), start, preflight: null });
  diagnosis.preflight(makeReport());
  return Array.from({ length: 30 }, (_, epoch) => {
    const metrics: Record<string, number> = accuracy === undefined ? {} : { accuracy: accuracy(epoch) };
    return diagnosis.epoch({
      ...{ event: 'epoch', epoch, step: 10 * (epoch + 1), loss: training(epoch), metrics: {} },
      validation: { loss: validation(epoch), metrics },
    });
  }).flat();
}

const falls = (epoch: number) => 0.9 ** epoch;
const turns = (epoch: number) => 0.5 + 0.03 * Math.abs(epoch - 8);
const said = (findings: FindingEvent[]) => findings.map((f) => `${f.id} ${f.severity}`);

describe('overfitting', () => {
  it('is a note first, and a warning with its cause once the validation loss is 1.5 times its best', () => {
    const findings = epochs({ training: falls, validation: turns });
    expect(said(findings)).toEqual(['overfitting info', 'too-little-data warning', 'overfitting warning']);
    expect(findings.at(-1)).toMatchObject({ cause: 'too little data', evidence: { 'best step': 100 } });
  });
  it('names the model where it has more than 20 parameters per row', () => {
    const findings = epochs({ training: falls, validation: turns }, 10_000);
    expect(findings.find((f) => f.id === 'model-too-complex' && f.severity === 'warning')?.cause).toBe('model too complex');
    expect(findings.some((f) => f.id === 'too-little-data')).toBe(false);
  });
  it('stays a note while the accuracy does not fall, and with few validation rows', () => {
    const confident = epochs({
      training: falls,
      validation: (epoch) => 0.8 * turns(epoch),
      accuracy: (epoch) => Math.min(0.95, 0.5 + epoch / 20),
    });
    expect(said(confident)).toEqual(['overfitting info']);
    expect(said(epochs({ training: falls, validation: turns }, 1000, 4))).toEqual(['overfitting info']);
    const worse = epochs({ training: falls, validation: (epoch) => 2 * turns(epoch), accuracy: () => 0.5 });
    expect(said(worse)).toContain('overfitting warning');
  });
  it('is silent while both fall, where both rise, and where the validation loss only stops falling', () => {
    const settles = (epoch: number) => 0.5 + 0.5 ** epoch;
    expect(epochs({ training: falls, validation: (epoch) => 1.2 * falls(epoch) })).toEqual([]);
    expect(epochs({ training: turns, validation: (epoch) => 1.2 * turns(epoch) })).toEqual([]);
    expect(epochs({ training: falls, validation: settles })).toEqual([]);
  });
  it('leaves out evaluations whose running averages of batch normalisation have not settled', () => {
    // 10 updates an epoch: 0.99 ^ 300 = 0.05 of the averages' first values is left at the end, of 0.9 ^ 50 = 0.005 after 5 epochs.
    const normalised = (more: object) => [{ type: 'batchNormalization', ...more }, ...MLP];
    const unsettled = { training: falls, validation: turns };
    expect(epochs(unsettled, 1000, 80, normalised({}))).toEqual([]);
    expect(said(epochs(unsettled, 1000, 80, normalised({ momentum: 0.9 })))).toContain('overfitting warning');
  });
  it('warns a large net of which less than half holds for other rows, risen or not', () => {
    const keeps = (share: number) => ({ training: falls, validation: (epoch: number) => 1 - share * (1 - falls(Math.min(epoch, 12))) });
    expect(said(epochs(keeps(0.4), 10_000))).toEqual(['model-too-complex info', 'model-too-complex warning', 'overfitting warning'].slice(1)); // prettier-ignore
    expect(epochs(keeps(0.8), 10_000)).toEqual([]);
    expect(epochs(keeps(0.4), 1000)).toEqual([]);
  });
});
