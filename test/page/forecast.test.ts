import { describe, expect, it } from 'vitest';
import { stageOfFile } from './stage-of-file.js';

const stage = stageOfFile({ forget: true });

describe('a forecast', () => {
  it('says in words and on the chart when the loss passes ten times its first value, and agrees with what grows', async () => {
    await stage.open('growing=97');
    const words = await stage.page.locator('.verdict .detail').innerText();
    const [, steps = '', at = ''] = /Diverges in about ([\d,]+) steps, near step ([\d,]+): the loss then passes 10 times/.exec(words) ?? [];
    // 15 x 1.05^(step - 40) passes 10 x 600 at step 162.8.
    expect(Math.abs(Number(at) - 163)).toBeLessThanOrEqual(8);
    expect(Number(steps)).toBe(Number(at) - 96);
    expect(await stage.page.locator('.plot-label.harm').innerText()).toBe(`about step ${at}`);
    expect(await stage.page.locator('.forecast-word').innerText()).toBe('forecast');
  });

  it('is drawn right of now, where there is nothing without it', async () => {
    const drawn = () =>
      stage.page.locator('[data-track="norm"] canvas').evaluate((canvas: HTMLCanvasElement) => {
        const from = Math.round(canvas.width * 0.7);
        const { data } = canvas.getContext('2d')?.getImageData(from, 0, canvas.width - from, canvas.height) ?? {
          data: new Uint8ClampedArray(),
        };
        return new Set(new Uint32Array(data.buffer)).size;
      });
    await stage.open('growing=97');
    const withForecast = await drawn();
    await stage.open('growing=41');
    expect(withForecast).toBeGreaterThan(3 * (await drawn()));
    await expect(stage.page.locator('.plot-label.harm').count()).resolves.toBe(0);
  });
});

describe('markers', () => {
  it('tell live changes of the config and rollbacks beside findings', async () => {
    await stage.open('growing=97');
    await stage.page.evaluate(() => {
      const post = (event: Parameters<typeof window.fakeHost.post>[0] & { type: 'event' }) => window.fakeHost.post(event);
      post({ type: 'event', run: 'synthetic', event: { event: 'rollback', step: 96, to: 60 } });
      post({
        type: 'event',
        run: 'synthetic',
        event: { event: 'change', step: 61, from: 'healthy', edits: [], fix: 'clip-gradients', title: 'Clip gradients to global norm 24' },
      });
      window.fakeHost.appendSynthetic(8, 61, 40);
    });
    await stage.settle();
    const labels = await stage.page.locator('.flag').evaluateAll((flags) => flags.map((flag) => flag.getAttribute('aria-label')));
    expect(labels).toEqual(['steps 60 to 96 discarded, step 60', 'clip-gradients live, step 61', 'explosion-risk, step 88']);
    expect(await stage.page.locator('.bar .figures').innerText()).toContain('step 100');
  });
});
