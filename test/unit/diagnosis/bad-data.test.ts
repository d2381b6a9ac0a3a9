import { describe, expect, it } from 'vitest';
import type { PreflightReport } from '../../../src/diagnosis/preflight-report.js';
import { diagnose, makeConfig, makeReport, makeStart, MLP } from './builders.js';

const column = (name: string, min = -3, max = 3) => ({ name, mean: 0, deviation: 1, min, max, nonFinite: 0 });
const classes = (...classCounts: number[]) => ({ ...column('y', 0, 1), classes: classCounts.length, classCounts });
const clean = { repeatedRows: 0, conflictingRows: 0, repeatedColumns: [] };
const said = (over: Partial<PreflightReport>) =>
  diagnose(makeConfig(MLP), makeStart(), makeReport(over), []).filter((f) => f.id === 'bad-data');

describe('bad-data', () => {
  it('notes constant and repeated columns by name', () => {
    expect(said({ features: [column('a'), column('b', 1, 1)] })[0]).toMatchObject({ severity: 'info', message: 'Column b is the same in every row: it tells nothing' }); // prettier-ignore
    const data = { ...clean, repeatedColumns: [{ name: 'c', of: 'a' }] };
    expect(said({ features: [column('a'), column('c')], data })[0]?.message).toBe('Column c repeats a');
  });
  it('notes classes ten times as frequent as others, but not nine times', () => {
    expect(said({ targets: [classes(300, 20)] })[0]?.message).toContain('One class has 300 rows, another 20');
    expect(said({ targets: [classes(180, 20)] })).toEqual([]);
  });
  it('notes repeated rows and equal inputs with different targets', () => {
    expect(said({ data: { ...clean, repeatedRows: 100 } })[0]?.message).toBe('100 of 320 training rows repeat an earlier one');
    expect(said({ data: { ...clean, repeatedRows: 100, conflictingRows: 20 } })[0]?.evidence).toMatchObject({
      'conflicting rows': 20,
      'repeated rows': 100,
    });
    expect(said({ data: { repeatedRows: 30, conflictingRows: 6, repeatedColumns: [] } })).toEqual([]);
  });
  it('warns of a target that is the same in every row', () => {
    expect(said({ targets: [classes(320, 0)] })[0]?.severity).toBe('warning');
    expect(said({ targets: [{ ...column('y', 2, 2), classes: null, classCounts: null }] })[0]?.severity).toBe('warning');
  });
  it('warns where rows with equal inputs differ in their target as any rows do', () => {
    const conflicting = { ...clean, repeatedRows: 100, conflictingRows: 80 };
    expect(said({ data: { ...conflicting, unexplainedShare: 0.97 } })[0]).toMatchObject({ severity: 'warning', evidence: { 'unexplained share': 0.97 } }); // prettier-ignore
    expect(said({ data: { ...conflicting, unexplainedShare: 0.7 } })[0]?.severity).toBe('info');
    expect(said({ data: { ...clean, unexplainedShare: null } })).toEqual([]);
  });
  it('is silent about clean data', () => {
    expect(said({ data: clean })).toEqual([]);
  });
});
