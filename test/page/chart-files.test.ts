import { describe, expect, it } from 'vitest';
import { timelineHand } from './timeline-hand.js';
import { stageOfFile } from './stage-of-file.js';

const stage = stageOfFile({ forget: true });

const { press } = timelineHand(() => stage);

describe('values and files', () => {
  it('copies the values at the crosshair as tab-separated text', async () => {
    await stage.open('run=growing&until=23');
    await stage.page.locator('.timeline').focus();
    await press('ArrowLeft');
    const text = await stage.page.evaluate(() => {
      const data = new DataTransfer();
      document
        .querySelector('.timeline')
        ?.dispatchEvent(new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true }));
      return data.getData('text/plain');
    });
    const lines = text.split('\n').map((line) => line.split('\t'));
    expect(lines[0]).toEqual(['step', '22']);
    expect(lines.map(([name]) => name)).toContain('after clipping');
    expect(lines.find(([name]) => name === 'layer')).toEqual(['layer', 'gradNorm', 'updateRatio', 'weightNorm', 'dead', 'zeros']);
    expect(Number(lines.find(([name]) => name === 'dense_6')?.[1])).toBeGreaterThan(0);
  });

  it('saves the data of a chart as CSV, through the host', async () => {
    await stage.page.locator('[data-chart="norm"]').hover();
    await stage.page.locator('[data-chart="norm"] .chart-actions').click();
    await stage.page.getByRole('menuitem', { name: /CSV/ }).click();
    const [file] = (await stage.commands()).filter((command) => command.type === 'saveFile');
    if (file?.type !== 'saveFile' || typeof file.content !== 'string') throw new Error('Nothing was saved.');
    expect(file.name).toBe('growing gradient norm.csv');
    const rows = file.content.trimEnd().split('\r\n');
    expect(rows[0]).toBe('step,epoch,gradient norm,after clipping');
    expect(rows).toHaveLength(25);
    expect(rows[24]?.startsWith('23,')).toBe(true);
  });

  it.each(['loss', 'heat'])('saves the picture of the chart %s as a PNG that is not blank', async (chart) => {
    await stage.open('run=growing&until=23');
    await stage.page.locator(`[data-chart="${chart}"] .chart-actions`).focus();
    await press('Enter');
    await press('ArrowDown', 'Enter');
    await stage.page.waitForFunction(() => window.fakeHost.sent.some(({ type }) => type === 'saveFile'));
    const picture = await stage.page.evaluate(async () => {
      const file = window.fakeHost.sent.find((command) => command.type === 'saveFile');
      if (file?.type !== 'saveFile' || typeof file.content === 'string') return null;
      const image = await createImageBitmap(new Blob([new Uint8Array(file.content)], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      context?.drawImage(image, 0, 0);
      const pixels = context?.getImageData(0, 0, image.width, image.height).data ?? new Uint8ClampedArray();
      return { name: file.name, width: image.width, height: image.height, colours: new Set(new Uint32Array(pixels.buffer)).size };
    });
    expect(picture?.name).toBe(chart === 'loss' ? 'growing loss.png' : 'growing layers gradNorm.png');
    expect(picture?.width).toBeGreaterThan(1600);
    expect(picture?.height).toBeGreaterThan(200);
    expect(picture?.colours).toBeGreaterThan(20);
  });

  it('shows the numbers of one chart as a table', async () => {
    await stage.open('run=growing&until=23');
    await stage.page.locator('[data-chart="norm"] .chart-actions').focus();
    await press('Enter');
    await press('End', 'Enter');
    expect(await stage.page.locator('.data-table th').allInnerTexts()).toEqual(['step', 'gradient norm', 'after clipping']);
    expect(await stage.page.locator('.data-table caption').innerText()).toBe('20 of 24 frames, steps 0 to 23');
  });
});
