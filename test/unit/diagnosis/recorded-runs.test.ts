import { describe, expect, it } from 'vitest';
import { createDiagnosis } from '../../../src/diagnosis/diagnosis.js';
import { proposeFixes } from '../../../src/fixes/propose-fixes.js';
import { loadTrace } from './builders.js';

/** Replays a run the trainer recorded. */
function replay(name: string) {
  const { config, start, report, frames } = loadTrace(name);
  const diagnosis = createDiagnosis({ config, start, preflight: null });
  const preflight = diagnosis.preflight(report);
  const judgements = frames.map((frame) => diagnosis.frame(frame));
  const findings = [...preflight, ...judgements.flatMap((j) => j.findings)];
  return { config, preflight, findings, risks: judgements.map((j) => j.risk), serious: findings.filter((f) => f.severity !== 'info') };
}

describe('recorded runs that train', () => {
  for (const name of ['clipped', 'late-takeoff', 'line-0048', 'deep-tanh', 'warmup-cosine']) {
    it(`says nothing about ${name}`, () => {
      const { serious, risks } = replay(`healthy-${name}`);
      expect(serious.map((f) => f.id)).toEqual([]);
      expect(Math.max(...risks)).toBeLessThanOrEqual(0.5);
    });
  }
});

describe('recorded runs that explode', () => {
  const cases = [
    ['exploding-raw-inputs', 'inputs not scaled', 'scale-inputs', 1],
    ['exploding-slow-linear', 'training too hasty', 'lower-learning-rate', 20],
    ['exploding-line-0055', 'training too hasty', 'lower-learning-rate', 6],
    ['exploding-wide-init', 'weights start too wide', 'change-initializer', 1],
    ['exploding-relu-rnn', 'weights start too wide', 'change-initializer', 60],
    ['exploded-then-dead-penguins', 'inputs not scaled', 'scale-inputs', 1],
  ] as const;
  for (const [name, cause, fix, harm] of cases) {
    it(`warns of ${name} in time, with its cause and a first fix`, () => {
      const { serious, config } = replay(name);
      const first = serious.find((f) => ['explosion-risk', 'exploding-gradients', 'non-finite'].includes(f.id));
      expect(first?.cause).toBe(cause);
      expect(first?.phase === 'preflight' ? -1 : first?.step).toBeLessThanOrEqual(harm);
      expect(proposeFixes(serious, config)[0]?.id).toBe(fix);
    });
  }

  it('measures the exact limit of the line y = x + 2 on 1 to 24: 2 / 409.9', () => {
    const risk = replay('exploding-line-0055').preflight.find((f) => f.id === 'explosion-risk');
    expect(risk?.severity).toBe('error');
    expect(risk?.evidence['learning rate limit']).toBeCloseTo(2 / 409.9, 4);
  });

  it('keeps the risk at 1 once the explosion is there', () => {
    const { risks, findings } = replay('exploding-raw-inputs');
    const step = findings.find((f) => f.id === 'exploding-gradients')?.step ?? Infinity;
    expect(risks.slice(step).every((r) => r === 1)).toBe(true);
  });

  it('says that a net is dead after its explosion, however calm its loss looks', () => {
    expect(replay('exploded-then-dead-penguins').serious.map((f) => f.id)).toContain('exploded-then-dead');
  });
});

describe('recorded runs that do not learn', () => {
  it('vanishing-gradients names the first layer of eight sigmoid ones', () => {
    const found = replay('vanishing-sigmoid').serious.find((f) => f.id === 'vanishing-gradients');
    expect(found?.layer).toBe('dense_1');
    expect(found?.at).toEqual(['model', 'layers', 0]);
  });
  it('dead-units for weights that start at -1', () => {
    expect(replay('dead-relu').serious.map((f) => f.id)).toContain('dead-units');
  });
  it('learning-rate-low for a rate of 1e-7, and raises it to half the limit', () => {
    const { serious, config } = replay('slow-tiny-rate');
    expect(serious.map((f) => f.id)).toContain('learning-rate-low');
    const fix = proposeFixes(serious, config)[0];
    expect(fix?.id).toBe('raise-learning-rate');
    expect(fix?.edits[0]).toMatchObject({ path: ['training', 'optimizer', 'learningRate'] });
  });
});
