import { expect, it } from 'vitest';
import { diagnose, makeConfig, makeReport, makeStart, MLP } from './builders.js';

const said = (rows: number, parameters: number, columns = 1) => {
  const start = makeStart(undefined, { parameters, samples: { train: rows, validation: 0 } });
  const column = { name: 'x', mean: 0, deviation: 1, min: -3, max: 3, nonFinite: 0 };
  const report = makeReport({ samples: rows, features: Array.from({ length: columns }, () => column) });
  return diagnose(makeConfig(MLP), start, report, []).map((f) => `${f.id} ${f.severity}`);
};

it('too-little-data is a note below 30 rows, or 10 per input column', () => {
  expect(said(29, 20)).toEqual(['too-little-data info']);
  expect(said(30, 20)).toEqual([]);
  expect(said(99, 20, 10)).toEqual(['too-little-data info']);
  expect(said(100, 20, 10)).toEqual([]);
});

it('model-too-complex is a note above 20 parameters per row', () => {
  expect(said(100, 2001)).toEqual(['model-too-complex info']);
  expect(said(100, 2000)).toEqual([]);
});
