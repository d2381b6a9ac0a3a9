import { expect, it } from 'vitest';
import { formatDecade, formatNumber, formatPercent, formatShare } from '../../../../webview-ui/scales/format.js';

it.each([
  [0, '0'],
  [1.1, '1.10'],
  [15.74, '15.7'],
  [146.2, '146'],
  [1234.4, '1,234'],
  [99_999, '99,999'],
  [310_000, '3.1e5'],
  [4e10, '4e10'],
  [9.99e25, '1e26'],
  [0.0488, '0.0488'],
  [0.001, '0.001'],
  [0.00042, '4.2e-4'],
  [-2.5, '-2.50'],
  [NaN, 'NaN'],
  [Infinity, 'Inf'],
  [-Infinity, '-Inf'],
])('prints %d as %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

it.each([
  [8.46, '8.5'],
  [14.2, '14'],
  [0.0751, '0.075'],
  [0.3, '0.30'],
])('prints %d in two digits as %s', (value, text) => {
  expect(formatNumber(value, 2)).toBe(text);
});

it('prints shares of the baseline with two decimals while they are small', () => {
  expect([0.254, 2.5, 35.9, 1e11, 0.001].map(formatShare)).toEqual(['0.25', '2.50', '35.9', '1e11', '0.001']);
});

it('prints percentages', () => {
  expect([0, 0.021, 0.13, 1].map(formatPercent)).toEqual(['0 %', '2.1 %', '13 %', '100 %']);
});

it('labels ticks from 0.001 to 1,000 in full', () => {
  expect([-4, -3, 0, 3, 4, 25, Math.log10(0.2)].map(formatDecade)).toEqual(['1e-4', '0.001', '1', '1,000', '1e4', '1e25', '0.2']);
});
