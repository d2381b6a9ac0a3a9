import { describe, expect, it } from 'vitest';
import { timelineHand } from './timeline-hand.js';
import { stageOfFile } from './stage-of-file.js';

const stage = stageOfFile({ forget: true });

const { reading, ticks, press, heatLabel, steps, pressedView, plotBox, drag } = timelineHand(() => stage);

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
