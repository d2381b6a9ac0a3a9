import { describe, expect, it } from 'vitest';
import { stageOfFile } from './stage-of-file.js';

const stage = stageOfFile();

const WENT_BACK = 'run=growing&until=24&state=paused&back=12&then=18';
const label = (track: string) => stage.page.locator(`[data-track="${track}"] .plot`).getAttribute('aria-label');
/** Whether a chart has ink right of a step of the whole run. */
const inkBeyond = (track: string, share: number) =>
  stage.page.locator(`[data-track="${track}"] canvas`).first().evaluate((canvas: HTMLCanvasElement, from) => {
    const context = canvas.getContext('2d');
    const { width, height } = canvas;
    const left = Math.round(width * from);
    const pixels = context?.getImageData(left, 0, width - left, height).data ?? [];
    const colours = new Set<string>();
    for (let i = 0; i < pixels.length; i += 4) colours.add(`${pixels[i]},${pixels[i + 1]},${pixels[i + 2]}`);
    return colours.size;
  }, share); // prettier-ignore

describe('a run that went back', () => {
  it('keeps the steps it discarded on show, beyond the newest one', async () => {
    await stage.open('run=growing&until=18&state=running');
    const before = await inkBeyond('norm', 0.66);
    await stage.open(WENT_BACK);
    expect(await stage.page.locator('.bar .figures').innerText()).toContain('step 18');
    expect(await inkBeyond('norm', 0.66)).toBeGreaterThan(before);
    expect(await stage.page.locator('.flag.change').getAttribute('aria-label')).toBe(
      'steps 12 to 24 discarded, lower-learning-rate live, step 12',
    );
  });

  it('says so to those who cannot see it, and in the table', async () => {
    for (const track of ['loss', 'rate', 'norm'])
      expect(await label(track)).toMatch(/Steps 12 to 24 were discarded; there it ended at [\d.,e]+\./);
    expect(await label('risk')).not.toContain('discarded');
    await stage.page.locator('.data-table summary').click();
    const table = stage.page.locator('.data-table table').nth(1);
    expect(await table.locator('caption').innerText()).toBe('Discarded: steps 12 to 24');
    const steps = await table.locator('tbody td:first-child').allInnerTexts();
    expect([steps[0], steps.at(-1)]).toEqual(['11', '24']);
  });

  it('shows it again from a snapshot', async () => {
    const kept = await label('loss');
    await stage.open('run=growing&until=18&state=running');
    await stage.page.evaluate(() => {
      const branch = {
        from: 12,
        to: 24,
        step: [11, 12, 24],
        loss: [500, 600, 8.24e6],
        learningRate: [0.1, 0.1, 0.1],
        globalGradNorm: [1, 2, 3],
      };
      window.fakeHost.showWith('growing', 18, { branches: [branch] });
    });
    await stage.settle();
    expect((await label('loss'))?.match(/Steps 12 to 24 were discarded/)).toEqual(kept?.match(/Steps 12 to 24 were discarded/));
  });
});
