import { expect } from 'vitest';
import type { Stage } from './open-page.js';

/** What a reader does with the timeline by hand and by key, and what is to be read off it. */
export function timelineHand(stage: () => Stage) {
  const page = () => stage().page;
  const plotBox = async (track: string): Promise<{ x: number; y: number; width: number; height: number }> => {
    const box = await page().locator(`[data-track="${track}"] .plot`).boundingBox();
    if (box === null) throw new Error(`There is no track ${track}.`);
    return box;
  };
  const heatLabel = () => page().locator('.heat .plot').getAttribute('aria-label');
  return {
    plotBox,
    heatLabel,
    reading: () => page().locator('.ruler .reading span').first().innerText(),
    ticks: () => page().locator('.step-tick').allInnerTexts(),
    pressedView: () => page().locator('.views [aria-pressed="true"]').allInnerTexts(),
    /** First and last step of the heatmap, from its summary. */
    steps: async () =>
      /steps (\d+) to (\d+)/
        .exec((await heatLabel()) ?? '')
        ?.slice(1)
        .map(Number),
    press: async (...keys: string[]) => {
      for (const key of keys) await page().keyboard.press(key);
      await stage().settle();
    },
    /** Drags over a chart from one share of its width to another. */
    drag: async (track: string, from: number, to: number): Promise<void> => {
      const { x, y, width, height } = await plotBox(track);
      await page().mouse.move(x + from * width, y + height / 2);
      await page().mouse.down();
      await page().mouse.move(x + ((from + to) / 2) * width, y + height / 2);
      await page().mouse.move(x + to * width, y + height / 2);
      await stage().settle();
      expect(await page().locator('.stretch').count()).toBe(1);
      await page().mouse.up();
      await stage().settle();
    },
  };
}
