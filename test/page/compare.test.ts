import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import { stageOfFile } from './stage-of-file.js';

const stage = stageOfFile();

const texts = (selector: string) => stage.page.locator(selector).allInnerTexts();
const picture = (track: string) =>
  stage.page.locator(`[data-track="${track}"] canvas`).first().evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL()); // prettier-ignore

describe('the list of runs', () => {
  it('names recorded runs, shows their losses and says which are damaged', async () => {
    await stage.open('run=growing&until=23');
    expect(await texts('.runs-table tbody .grow')).toEqual([
      'growing.gradwatch.json',
      'auto-mpg/gradwatch.json',
      'scaled, rate 0.01',
      'auto-mpg',
    ]);
    expect(await stage.page.locator('[data-run="earlier"] .spark path').getAttribute('d')).toMatch(/^M[\d. ]+(L[\d. ]+){9}$/);
    const broken = stage.page.locator('[data-run="broken"]');
    expect(await broken.innerText()).toContain('The log is damaged');
    expect(await broken.getByRole('button').count()).toBe(1);
  });

  it('opens, names and deletes a run, and exports a report', async () => {
    const earlier = stage.page.locator('[data-run="earlier"]');
    await earlier.getByRole('button', { name: 'Name scaled, rate 0.01' }).click();
    await earlier.getByRole('button', { name: 'Delete scaled, rate 0.01' }).click();
    await stage.page.getByRole('button', { name: 'Export a report' }).click();
    await stage.page
      .locator('[data-run="exploding"]')
      .getByRole('button', { name: /^Open / })
      .click();
    await stage.settle();
    expect(await stage.commands()).toEqual([
      { type: 'renameRun', run: 'earlier' },
      { type: 'deleteRun', run: 'earlier' },
      { type: 'exportReport' },
      { type: 'openRun', run: 'exploding' },
    ]);
    expect(await texts('.bar .state')).toEqual(['Diverged']);
  });

  it('is there before any run of this window', async () => {
    await stage.open('empty');
    await stage.page.evaluate(() =>
      window.fakeHost.post({
        type: 'history',
        history: [{ run: 'r', time: '2025-01-01T11:02:00Z', config: 'a.gradwatch.json', status: 'stopped', steps: 3, loss: 2, baselineLoss: 4, recorded: true }],
      }),
    ); // prettier-ignore
    await stage.settle();
    await stage.page
      .locator('[data-run="r"]')
      .getByRole('button', { name: /^Open / })
      .click();
    expect(await stage.commands()).toEqual([{ type: 'openRun', run: 'r' }]);
  });
});

describe('a comparison', () => {
  it('draws the second run into loss, norm, heatmap and layers, and ends again', async () => {
    await stage.open('run=growing');
    const alone = await Promise.all(['loss', 'norm', 'heat', 'layers'].map(picture));
    await stage.page
      .locator('[data-run="exploding"]')
      .getByRole('button', { name: /^Compare with / })
      .click();
    await stage.settle();
    const both = await Promise.all(['loss', 'norm', 'heat', 'layers'].map(picture));
    both.forEach((canvas, i) => expect(canvas).not.toBe(alone[i]));
    expect(await texts('.compare b')).toEqual(['The runs part at step 0']);
    expect(await texts('.runs-table .run-letter')).toEqual(expect.arrayContaining(['A', 'B']));
    await stage.page.locator('.compare').getByRole('button', { name: 'End the comparison' }).click();
    await stage.settle();
    expect(await stage.page.locator('.compare').count()).toBe(0);
    expect(await Promise.all(['loss', 'norm', 'heat', 'layers'].map(picture))).toEqual(alone);
  });

  it('says which settings differ, and in which order the layers part; a layer there takes the focus', async () => {
    await stage.open('run=growing&until=23&with=exploding');
    const rows = await texts('.difference tbody tr');
    expect(rows.some((row) => /training\.optimizer\.learningRate\s+0\.02\s+/.test(row))).toBe(true);
    await stage.page.locator('.difference').getByRole('button', { name: 'dense_2' }).click();
    await stage.settle();
    expect(await texts('.layer[aria-pressed="true"] .name')).toEqual(['dense_2']);
  });

  it('splits each row of the heatmap and reads both runs and their ratio', async () => {
    await stage.open('run=healthy&until=80&with=healthy');
    expect(await texts('.layer-head .columns span')).toEqual(['A', 'B', 'A ÷ B']);
    const cells = await texts('.row.heat .cells');
    expect(cells.length).toBeGreaterThan(1);
    for (const cell of cells) {
      const [a, b, ratio] = cell.split(/\s+/);
      expect(b).toBe(a);
      expect(ratio).toBe('×1.0');
    }
    expect(await stage.page.locator('.row.heat .plot').getAttribute('aria-label')).toContain('run A lies above run B');
    const [a, b] = await texts('.row.loss .reading .value');
    expect(b).toBe(a);
  });

  it('shows cells of the second run only where it has that layer, and a value only where it has a frame', async () => {
    await stage.open('run=growing&until=24&with=exploding');
    await stage.page.locator('.timeline').focus();
    await stage.page.keyboard.press('Home');
    await stage.settle();
    const values = (await texts('.row.heat .cells')).map((cell) => cell.split(/\s+/)[1]);
    expect(values.slice(0, 3).every((value) => /\d/.test(value ?? ''))).toBe(true);
    expect(values.slice(3)).toEqual(['–', '–', '–']);
    await stage.page.keyboard.press('End');
    await stage.settle();
    expect((await texts('.row.heat .cells')).map((cell) => cell.split(/\s+/)[1])).toEqual(['–', '–', '–', '–', '–', '–']);
  });

  it('marks the step where they part in every chart', async () => {
    await stage.open('run=growing&until=23&with=exploding');
    expect(await stage.page.locator('.flag.parting').getAttribute('aria-label')).toBe('runs part, step 0');
    const line = await stage.page.locator('.overlay .marker.parting').boundingBox();
    const rows = await stage.page.locator('[data-track] .plot').evaluateAll((plots) => plots.map((plot) => plot.getBoundingClientRect()));
    expect(rows).toHaveLength(6);
    for (const { top, bottom } of rows) {
      expect(line?.y).toBeLessThanOrEqual(top);
      expect((line?.y ?? 0) + (line?.height ?? 0)).toBeGreaterThan((top + bottom) / 2);
    }
  });

  it('finds no parting between a run and itself', async () => {
    await stage.open('run=healthy&until=80&with=healthy');
    expect(await texts('.compare b')).toEqual(['The runs do not part']);
    expect(await texts('.compare .dim')).toEqual(['Their losses are equal to the last digit. Their settings are the same.']);
  });

  it.each(['dark', 'light', 'hc', 'hcl'])('axe finds nothing in the %s theme', async (theme) => {
    await stage.open(`run=growing&until=23&with=exploding&theme=${theme}`);
    await stage.page.evaluate(axe.source);
    const found = await stage.page.evaluate(async () => (await (window as unknown as { axe: typeof axe }).axe.run(document)).violations);
    expect(found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`))).toEqual([]);
  });

  it.each([1280, 900, 420])('nothing sticks out sideways at %d pixels', async (width) => {
    await stage.open('run=growing&until=23&with=exploding', width);
    expect(await stage.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
