import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from './open-page.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
afterEach(async () => {
  // What one test has zoomed into is not for the next.
  await stage.page.evaluate(() => sessionStorage.clear());
  expect(stage.problems.splice(0)).toEqual([]);
});

const reading = () => stage.page.locator('.ruler .reading span').first().innerText();
const ticks = () => stage.page.locator('.step-tick').allInnerTexts();
const press = async (...keys: string[]) => {
  for (const key of keys) await stage.page.keyboard.press(key);
  await stage.settle();
};
const heatLabel = () => stage.page.locator('.heat .plot').getAttribute('aria-label');
/** First and last step of the heatmap, from its summary. */
const steps = async () =>
  /steps (\d+) to (\d+)/
    .exec((await heatLabel()) ?? '')
    ?.slice(1)
    .map(Number);
const pressedView = () => stage.page.locator('.views [aria-pressed="true"]').allInnerTexts();

async function plotBox(track: string): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await stage.page.locator(`[data-track="${track}"] .plot`).boundingBox();
  if (box === null) throw new Error(`There is no track ${track}.`);
  return box;
}

/** Drags over a chart from one share of its width to another. */
async function drag(track: string, from: number, to: number): Promise<void> {
  const { x, y, width, height } = await plotBox(track);
  await stage.page.mouse.move(x + from * width, y + height / 2);
  await stage.page.mouse.down();
  await stage.page.mouse.move(x + ((from + to) / 2) * width, y + height / 2);
  await stage.page.mouse.move(x + to * width, y + height / 2);
  await stage.settle();
  expect(await stage.page.locator('.stretch').count()).toBe(1);
  await stage.page.mouse.up();
  await stage.settle();
}

describe('zoom', () => {
  it('follows a drag on any chart, for all of them, and a double click resets it', async () => {
    await stage.open('layers=8&steps=1024');
    expect(await steps()).toEqual([0, 1023]);
    await drag('loss', 0.25, 0.5);
    const [from = 0, to = 0] = (await steps()) ?? [];
    expect(Math.abs(from - 256)).toBeLessThanOrEqual(2);
    expect(Math.abs(to - 512)).toBeLessThanOrEqual(2);
    expect(Number((await ticks())[0]?.replace(',', ''))).toBeGreaterThanOrEqual(from);
    expect(await pressedView()).toEqual([]);
    await drag('heat', 0.5, 0.75);
    const [closer = 0, end = 0] = (await steps()) ?? [];
    expect(closer).toBeGreaterThan(from + 100);
    expect(end - closer).toBeLessThan(80);
    await stage.page.locator('[data-track="norm"] .plot').dblclick();
    await stage.settle();
    expect(await steps()).toEqual([0, 1023]);
    expect(await pressedView()).toEqual(['whole run']);
  });

  it('goes by key: in, out, along, to the ends, follow and whole run', async () => {
    await stage.open('layers=8&steps=1024');
    await stage.page.locator('.timeline').focus();
    await press('Home', 'PageDown', 'PageDown', '+', '+');
    const [from = 0, to = 0] = (await steps()) ?? [];
    expect(to - from + 1).toBe(256);
    expect(from).toBeLessThan(60);
    await press('Shift+ArrowRight');
    expect((await steps())?.[0]).toBe(from + 64);
    await press('End');
    expect(await reading()).toBe('step 1,023');
    expect((await steps())?.[1]).toBe(1023);
    await press('-', '-', '-');
    expect(await steps()).toEqual([0, 1023]);
    await press('f');
    expect(await pressedView()).toEqual(['follow']);
    expect(await steps()).toEqual([824, 1023]);
    await press('0');
    expect(await pressedView()).toEqual(['whole run']);
  });

  it('stays while frames arrive, and over a reload', async () => {
    await stage.open('layers=8&steps=1024');
    await drag('loss', 0.25, 0.5);
    const before = await steps();
    await stage.page.evaluate(() => window.fakeHost.appendSynthetic(8, 1024, 600));
    await stage.settle();
    expect(await steps()).toEqual(before);
    expect(await reading()).toContain('step');
    await stage.open('layers=8&steps=1024');
    expect(await steps()).toEqual(before);
    await press('0');
  });

  it('keeps a single spike of one layer at every zoom', async () => {
    await stage.open('layers=8&steps=100');
    await stage.page.evaluate(() => {
      const message = window.fakeHost.syntheticFrames(8, 100, 5000);
      if (message.type !== 'frames') return;
      message.batch.layers[2345 * 8 * 8 + 3 * 8] = 1e9;
      window.fakeHost.post(message);
    });
    await stage.settle();
    expect(await heatLabel()).toContain('Largest: dense_4');
    await stage.page.locator('.timeline').focus();
    const { x, y, width, height } = await plotBox('heat');
    await stage.page.mouse.move(x + ((2445 + 0.5) / 8192) * width, y + height / 2);
    for (let i = 0; i < 6; i++) {
      await press('+');
      expect(await heatLabel()).toContain('Largest: dense_4');
    }
  });
});

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
    expect(labels).toEqual(['rolled back, step 60', 'clip-gradients live, step 61', 'explosion-risk, step 88']);
    expect(await stage.page.locator('.bar .figures').innerText()).toContain('step 100');
  });
});

describe('the help', () => {
  it('opens by key and by its button and lists the keys', async () => {
    await stage.open('run=growing&until=23');
    const help = stage.page.locator('#key-help');
    await stage.page.locator('.timeline').focus();
    await press('?');
    expect(await help.isVisible()).toBe(true);
    expect(await help.innerText()).toContain('zoom in or out around the crosshair');
    await press('Escape');
    expect(await help.isVisible()).toBe(false);
    await stage.page.getByRole('button', { name: 'Keys of the charts' }).click();
    expect(await help.isVisible()).toBe(true);
    await press('Escape');
  });
});

describe('a layer in focus', () => {
  const focused = async () => ({
    row: await stage.page.locator('.layer[aria-pressed="true"] .name').allInnerTexts(),
    list: await stage.page.locator('.layer-list [aria-pressed="true"] .name').allInnerTexts(),
    first: /In colour: (\w+)/.exec((await stage.page.locator('[data-track="layers"] .plot').getAttribute('aria-label')) ?? '')?.[1],
  });
  const all = (name: string) => ({ row: [name], list: [name], first: name });

  it('is the same everywhere, wherever it was chosen, and Escape ends it', async () => {
    await stage.open('run=growing&until=23');
    await stage.page.locator('.layer-list button').nth(4).click();
    await stage.settle();
    const chosen = await stage.page.locator('.layer[aria-pressed="true"] .name').innerText();
    expect(await focused()).toEqual(all(chosen));
    await stage.page.locator('.finding .meta').getByRole('button', { name: 'dense_5' }).click();
    await stage.settle();
    expect(await focused()).toEqual(all('dense_5'));
    expect(await stage.page.locator('.finding.focused').count()).toBe(1);
    await press('Escape');
    expect((await focused()).row).toEqual([]);
    await stage.page.locator('.timeline').focus();
    await press('ArrowDown', 'ArrowDown');
    expect(await focused()).toEqual(all('dense_2'));
    await press('ArrowUp');
    expect(await focused()).toEqual(all('dense_1'));
    await press('Escape');
    expect((await focused()).row).toEqual([]);
  });

  it('is the one whose curve was clicked', async () => {
    await stage.open('run=growing&until=23');
    const { x, y, width } = await plotBox('layers');
    const place = x + (18.5 / 32) * width;
    // At step 18 dense_6 stands apart above the others.
    const values = await stage.page.locator('.values .cells').count();
    expect(values).toBe(6);
    const found: string[] = [];
    for (let dy = 20; dy < 120 && found.length === 0; dy += 6) {
      await stage.page.mouse.click(place, y + dy);
      await stage.settle();
      found.push(...(await stage.page.locator('.layer[aria-pressed="true"] .name').allInnerTexts()));
    }
    expect(found).toEqual(['dense_6']);
  });

  it('can be looked for by name, and more of them put in colour', async () => {
    await stage.open('layers=24&steps=300');
    await stage.page.locator('.filter').fill('dense_2');
    await stage.settle();
    expect(await stage.page.locator('.layer .name').allInnerTexts()).toEqual(['dense_2', 'dense_20', 'dense_21', 'dense_22', 'dense_23', 'dense_24']); // prettier-ignore
    expect(await heatLabel()).toContain('6 layers');
    await stage.page.locator('.top select').selectOption('5');
    await stage.settle();
    expect((await stage.page.locator('[data-track="layers"] .plot').getAttribute('aria-label'))?.split('In colour: ')[1]?.split(', ')).toHaveLength(5); // prettier-ignore
    await stage.page.locator('.filter').fill('conv');
    await stage.settle();
    expect(await stage.page.locator('.model').innerText()).toBe('No layer matches.');
    await stage.page.locator('.filter').fill('');
    await stage.settle();
    expect(await stage.page.locator('.layer').count()).toBe(24);
  });
});

describe('a finding', () => {
  it('leads to its step, its layer and its line in the config', async () => {
    await stage.open('run=exploding');
    await stage.page.locator('.timeline').focus();
    const title = stage.page
      .locator('.finding')
      .first()
      .getByRole('button', { name: /not finite/ });
    await title.click();
    await stage.settle();
    const step = await stage.page.locator('.finding').first().getAttribute('data-step');
    expect(await reading()).toBe(`step ${step}`);
    expect(await stage.page.locator('.layer[aria-pressed="true"] .name').allInnerTexts()).toEqual(['dense_3']);
    expect((await stage.commands()).map(({ type }) => type)).toEqual(['reveal']);
  });

  it('brings its step into a zoomed window', async () => {
    await stage.open('run=growing&until=26');
    await drag('loss', 0.02, 0.2);
    const step = Number(await stage.page.locator('.finding').first().getAttribute('data-step'));
    expect((await steps())?.[1]).toBeLessThan(step);
    await stage.page.locator('.finding .jump').first().click();
    await stage.settle();
    const [from = 0, to = 0] = (await steps()) ?? [];
    expect(from <= step && step <= to).toBe(true);
    expect(await reading()).toBe(`step ${step}`);
  });
});

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
