import { describe, expect, it } from 'vitest';
import type { StartEvent } from '../../src/telemetry/events.js';
import { stageOfFile } from './stage-of-file.js';

const stage = stageOfFile({ forget: true });

const model = () => stage.page.locator('.model-section');
const row = (layer: string) => model().getByRole('row').filter({ hasText: layer });
/** Texts of a layer's cells: gradient, weight, update, and what the layer is. */
const cells = (layer: string) => row(layer).getByRole('cell').allInnerTexts();
const head = () => model().getByRole('columnheader').first().innerText();
const focused = () => stage.page.evaluate(() => document.activeElement?.textContent?.trim());
const inTimeline = () => stage.page.locator('.layer[aria-pressed="true"] .name').allInnerTexts();
const press = async (...keys: string[]) => {
  for (const key of keys) await stage.page.keyboard.press(key);
  await stage.settle();
};
/** Paint of each layer's coloured value, from input to output. */
const paints = (selector: string) =>
  stage.page.locator(selector).evaluateAll((found) => found.map((e) => [e.textContent?.trim(), getComputedStyle(e).backgroundColor]));

describe('the net as a column', () => {
  it('says of each layer what it is, its values on the colours of the heatmap, and what was found in it', async () => {
    await stage.open('run=growing&until=23');
    expect(await head()).toBe('now, step 23');
    expect((await cells('dense_3')).at(-1)).toBe('dense · output 48 · tanh · 3,120 params');
    expect((await cells('dense_6')).at(-1)).toBe('dense · output 1 · linear · 17 params');
    const first = (await paints('.cells span.on')).slice(0, 6);
    expect(new Set(first.map(([, colour]) => colour)).size).toBeGreaterThan(2);
    expect(await paints('.net-layer .net-value:nth-child(2)')).toEqual(first);
    const found = await model()
      .locator('.net-layer', { has: stage.page.locator('.net-finding') })
      .allInnerTexts();
    expect(found).toEqual([expect.stringMatching(/^dense_5\s+warning: explosion-risk/)]);
  });

  it('follows the crosshair and the metric of the heatmap', async () => {
    const now = await cells('dense_2');
    await stage.page.locator('.timeline').focus();
    await press('ArrowLeft', 'ArrowLeft');
    expect(await head()).toBe('step 21');
    const before = await cells('dense_2');
    expect(before).not.toEqual(now);
    expect(before.slice(0, 3)).toEqual(await stage.page.locator('.cells').nth(1).locator('span').allInnerTexts());
    await stage.page.getByRole('button', { name: 'Dead share' }).click();
    await stage.settle();
    expect(await model().getByRole('columnheader').allInnerTexts()).toEqual(expect.arrayContaining(['gradient', 'weight', 'dead']));
    expect(await paints('.net-layer .net-value:nth-child(4)')).toEqual(await paints('.cells span.on'));
  });

  it('shows values that are no numbers as such', async () => {
    await stage.open('run=exploding');
    expect((await cells('dense_2'))[0]).toBe('NaN');
    expect(await model().locator('.broken-value').count()).toBe(3);
  });
});

describe('the focus', () => {
  it('is on the layer that was clicked, on the whole page, and off at a second click', async () => {
    await stage.open('run=growing&until=23');
    await row('dense_3').click();
    await stage.settle();
    expect(await inTimeline()).toEqual(['dense_3']);
    expect(await stage.page.locator('[data-track="layers"] .plot').getAttribute('aria-label')).toMatch(/In colour: dense_3, /);
    await row('dense_3').click();
    await stage.settle();
    expect(await inTimeline()).toEqual([]);
  });

  it('moves between the rows by key, and Enter takes it everywhere', async () => {
    await model().getByRole('button', { name: 'dense_3' }).focus();
    await press('ArrowDown');
    expect(await focused()).toBe('dense_4');
    await press('ArrowUp', 'ArrowUp', 'Enter');
    expect(await focused()).toBe('dense_2');
    expect(await inTimeline()).toEqual(['dense_2']);
    await press('End');
    expect(await focused()).toBe('dense_6');
    await press('Home', 'ArrowUp');
    expect(await focused()).toBe('dense_1');
    expect(await model().locator('[tabindex="0"]').count()).toBe(1);
  });
});

describe('layers without weights', () => {
  it('stand in the column with their output, an unknown length as a question mark, and no values', async () => {
    await stage.open('layers=2&steps=40');
    await stage.page.evaluate(() => {
      const event: StartEvent = {
        event: 'start',
        schema: 1,
        run: 'synthetic',
        config: {},
        engine: 'wasm',
        engineReason: 'made up',
        layers: [
          { name: 'dense_1', type: 'conv1d', parameters: 40 },
          { name: 'dense_2', type: 'dense', parameters: 1 },
        ],
        architecture: [
          { name: 'dense_1', type: 'conv1d', parameters: 40, outputShape: [null, 8], activation: 'relu' },
          { name: 'dropout_1', type: 'dropout', parameters: 0, outputShape: [null, 8] },
          { name: 'dense_2', type: 'dense', parameters: 1, outputShape: [null, 1], activation: 'linear' },
        ],
        parameters: 41,
        samples: { train: 10, validation: 0 },
        baseline: { loss: 1 },
        seed: 1,
      };
      window.fakeHost.post({ type: 'event', run: 'synthetic', event });
    });
    await stage.settle();
    expect(await cells('dropout_1')).toEqual(['', '', '', 'dropout · output ? × 8 · no params']);
    expect((await cells('dense_1')).at(-1)).toBe('conv1d · output ? × 8 · relu · 40 params');
    expect(Number((await cells('dense_2'))[0])).toBeGreaterThan(0);
    await row('dropout_1').click();
    await stage.settle();
    expect(await model().locator('[aria-pressed="true"]').allInnerTexts()).toEqual(['dropout_1']);
  });
});

describe('many layers', () => {
  it('are folded until the reader wants them, and stay unfolded over a reload', async () => {
    await stage.open('layers=64&steps=300');
    expect(await model().getByRole('row').count()).toBe(0);
    await model().getByRole('button', { name: 'Model' }).click();
    await stage.open('layers=64&steps=300');
    expect(await model().getByRole('row').count()).toBe(65);
    expect(await model().getByRole('button', { name: 'Model' }).getAttribute('aria-expanded')).toBe('true');
  });

  it('scroll in a box of their own, which brings a layer in focus into view and leaves the page where it is', async () => {
    await stage.open('layers=64&steps=300');
    await model().getByRole('button', { name: 'Model' }).click();
    await stage.settle();
    const box = (await model().locator('.net-box').boundingBox()) ?? { y: 0, height: 0 };
    expect(box.height).toBeLessThanOrEqual(400);
    const scrolled = await stage.page.evaluate(() => scrollY);
    await stage.page.locator('.layer').nth(60).evaluate((layer: HTMLElement) => layer.click()); // prettier-ignore
    await stage.settle();
    const selected = (await row('dense_61').boundingBox()) ?? { y: 0, height: 0 };
    expect(selected.y).toBeGreaterThanOrEqual(box.y);
    expect(selected.y + selected.height).toBeLessThanOrEqual(box.y + box.height + 1);
    expect(await stage.page.evaluate(() => scrollY)).toBe(scrolled);
  });
});

it('is not there before a run says what its net is', async () => {
  await stage.open('empty');
  expect(await model().count()).toBe(0);
  await stage.page.evaluate(() =>
    window.fakeHost.post({
      type: 'snapshot',
      version: 1,
      snapshot: {
        run: 'new',
        config: 'gradwatch.json',
        state: 'starting',
        start: null,
        frames: null,
        epochs: [],
        findings: [],
        fixes: [],
        end: null,
      },
      configs: [],
      history: [],
      trusted: true,
    }),
  );
  await stage.settle();
  expect(await stage.page.locator('.bar .state').innerText()).toBe('Starting');
  expect(await model().count()).toBe(0);
});
