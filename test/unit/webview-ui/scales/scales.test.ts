import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heatDomain, heatRamp, inkOn, rampIndex, type Rgb } from '../../../../webview-ui/scales/heat-scale.js';
import { labelWidth } from '../../../../webview-ui/scales/text-width.js';
import { logTicks, stepTicks, zeroTicks } from '../../../../webview-ui/scales/ticks.js';

describe('ticks', () => {
  it('are whole decades, at least 20 px apart', () => {
    expect(logTicks(-0.2, 3.1, 80)).toEqual([0, 1, 2, 3]);
    expect(logTicks(0, 30, 80)).toEqual([0, 10, 20, 30]);
  });

  it('take 2 and 5 between decades only where fewer than two decades fit', () => {
    expect(logTicks(0.9, 1.6, 80)).toEqual([1, 1 + Math.log10(2)]);
    expect(logTicks(-0.1, 2.1, 80)).toEqual([0, 1, 2]);
  });

  it('never crowd, whatever the range', () => {
    fc.assert(
      fc.property(fc.integer({ min: -4000, max: 4000 }), fc.integer({ min: 30, max: 6000 }), (lowest, hundredths) => {
        const [low, span] = [lowest / 100, hundredths / 100];
        const ticks = logTicks(low, low + span, 76);
        for (const [i, tick] of ticks.entries()) {
          expect(tick).toBeGreaterThanOrEqual(low);
          expect(tick).toBeLessThanOrEqual(low + span);
          if (i > 0) expect(((tick - (ticks[i - 1] ?? 0)) / span) * 76).toBeGreaterThan(15.9);
        }
      }),
      { seed: 2 },
    );
  });

  it('of steps are round and at least 44 px apart', () => {
    expect(stepTicks(0, 199, 564)).toEqual([0, 20, 40, 60, 80, 100, 120, 140, 160, 180]);
    expect(stepTicks(0, 7, 564)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(stepTicks(800, 999, 280)).toEqual([800, 850, 900, 950]);
  });

  it('of a linear axis are 0 and a round number', () => {
    expect(zeroTicks(0.075)).toEqual([0, 0.05]);
    expect(zeroTicks(0)).toEqual([0]);
  });
});

describe('the colour scale', () => {
  it('keeps two decades above the healthy median for trouble', () => {
    const calm = Array.from({ length: 100 }, (_, i) => 1 + i / 100);
    const domain = heatDomain('gradNorm', calm, calm);
    expect(domain.high).toBeGreaterThanOrEqual(2);
    expect(rampIndex(1.5, domain)).toBeLessThan(128);
  });

  it('is fixed for update ratios and shares', () => {
    expect(heatDomain('updateRatio', [0.001, 0.01], [])).toEqual({ low: -4, high: 0, linear: false });
    expect(heatDomain('dead', [0.3], [])).toEqual({ low: 0, high: 1, linear: true });
  });

  it('stands even where nothing is a positive number', () => {
    const domain = heatDomain('gradNorm', [NaN, Infinity, 0], [NaN]);
    expect(domain.high - domain.low).toBeGreaterThanOrEqual(2);
    expect(rampIndex(0, domain)).toBe(0);
  });

  const light = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  it.each([true, false])('moves away from the background (dark: %s)', (dark) => {
    const ramp = heatRamp(dark).map(light);
    const quarters = [0, 64, 128, 192, 255].map((i) => ramp[i] ?? NaN);
    expect(quarters).toEqual([...quarters].sort((a, b) => (dark ? a - b : b - a)));
  });

  it('writes on it legibly', () => {
    const linear = (c: number) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
    const luminance = ([r, g, b]: Rgb) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    for (const colour of [...heatRamp(true), ...heatRamp(false)]) {
      const [a, b] = [luminance(colour), luminance(inkOn(colour))];
      expect((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)).toBeGreaterThan(4.5);
    }
  });
});

describe('the width of a label', () => {
  it('counts Chinese characters as wide as they are high', () => {
    expect(labelWidth('clip 1', 6)).toBe(36);
    expect(labelWidth('裁剪 1', 6)).toBe(34);
  });
});
