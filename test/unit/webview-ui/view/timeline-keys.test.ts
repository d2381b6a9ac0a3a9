import { describe, expect, it } from 'vitest';
import { panBy, windowWith, zoomAround, zoomTo } from '../../../../webview-ui/run/step-window.js';
import { effectOf, type KeyScene } from '../../../../webview-ui/view/timeline-keys.js';

const whole = { from: 0, to: 999 };

describe('a zoomed window', () => {
  it('stays within the run, has at least eight steps, and is none where it is all of the run', () => {
    expect(zoomTo({ from: -50, to: 49 }, whole)).toEqual({ from: 0, to: 99 });
    expect(zoomTo({ from: 990, to: 1100 }, whole)).toEqual({ from: 889, to: 999 });
    expect(zoomTo({ from: 40, to: 41 }, whole)).toEqual({ from: 40, to: 47 });
    expect(zoomTo({ from: 0, to: 999 }, whole)).toBeNull();
  });

  it('keeps the step under the pointer where it is', () => {
    const closer = zoomAround({ from: 100, to: 299 }, 150, 0.5, whole);
    expect(closer).toEqual({ from: 125, to: 224 });
    expect(zoomAround(closer ?? whole, 150, 2, whole)).toEqual({ from: 100, to: 299 });
  });

  it('moves by a share of its width, at least by a step, and after a step that lies outside', () => {
    expect(panBy({ from: 100, to: 199 }, 0.25, whole)).toEqual({ from: 125, to: 224 });
    expect(panBy({ from: 100, to: 107 }, -0.01, whole)).toEqual({ from: 99, to: 106 });
    const window = { from: 100, to: 199 };
    expect(windowWith(150, window, whole)).toBe(window);
    const after = windowWith(700, window, whole);
    expect(after?.from).toBeLessThanOrEqual(700);
    expect(after?.to).toBeGreaterThanOrEqual(700);
    expect((after?.to ?? 0) - (after?.from ?? 0)).toBe(99);
  });
});

describe('a key', () => {
  const scene: KeyScene = {
    window: { from: 100, to: 299 },
    whole,
    first: 0,
    now: 799,
    cursor: 150,
    stride: 4,
    layers: ['a', 'b'],
    layer: null,
  };
  const effect = (key: string, change: Partial<KeyScene> = {}, shift = false) => effectOf({ key, shift }, { ...scene, ...change });

  it('moves the crosshair by points of the chart, within what was measured, and the window after it', () => {
    expect(effect('ArrowRight')).toEqual({ cursor: 154 });
    expect(effect('PageUp')).toEqual({ cursor: 110 });
    expect(effect('End')).toMatchObject({ cursor: 799, remember: { zoom: expect.objectContaining({}) as unknown } });
    expect(effect('ArrowLeft', { cursor: 2, window: { from: 0, to: 199 } })).toEqual({ cursor: 0 });
  });

  it('zooms, moves the window, follows and shows the whole run', () => {
    expect(effect('+')).toEqual({ remember: { zoom: { from: 125, to: 224 } } });
    expect(effect('-', { window: { from: 0, to: 699 } })).toEqual({ remember: { view: 'whole', zoom: null } });
    expect(effect('ArrowRight', {}, true)).toEqual({ remember: { zoom: { from: 150, to: 349 } } });
    expect(effect('f')).toEqual({ remember: { view: 'follow', zoom: null } });
    expect(effect('0')).toEqual({ remember: { view: 'whole', zoom: null } });
  });

  it('goes from layer to layer and out of focus', () => {
    expect(effect('ArrowDown')).toEqual({ remember: { layer: 'a' } });
    expect(effect('ArrowUp')).toEqual({ remember: { layer: 'b' } });
    expect(effect('ArrowDown', { layer: 'b' })).toEqual({ remember: { layer: 'b' } });
    expect(effect('ArrowDown', { layers: [] })).toBeNull();
    expect(effect('Escape')).toEqual({ cursor: null, remember: { layer: null } });
  });

  it('does nothing where it means nothing', () => {
    expect(effect('x')).toBeNull();
  });
});
