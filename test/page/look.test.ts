import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import { stageOfFile } from './stage-of-file.js';

const stage = stageOfFile();

const MOMENTS = ['run=healthy&until=90', 'run=growing&until=23', 'run=exploding', 'run=held', 'empty'];

async function violations(): Promise<string[]> {
  await stage.page.evaluate(axe.source);
  const results = await stage.page.evaluate(async () => {
    const { axe: inPage } = window as unknown as { axe: typeof axe };
    return (await inPage.run(document)).violations;
  });
  return results.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`));
}

describe.each(['dark', 'light', 'hc', 'hcl'])('in the %s theme', (theme) => {
  it.each(MOMENTS)('axe finds nothing at %s', async (moment) => {
    await stage.open(`${moment}&theme=${theme}`);
    expect(await violations()).toEqual([]);
  });

  it('takes its colours from the theme', async () => {
    const background = await stage.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(background).toBe({ dark: 'rgb(31, 31, 31)', light: 'rgb(255, 255, 255)', hc: 'rgb(0, 0, 0)', hcl: 'rgb(255, 255, 255)' }[theme]);
  });
});

it.each(MOMENTS)('every icon has its sign at %s', async (moment) => {
  await stage.open(moment);
  const blank = await stage.page.evaluate(() =>
    [...document.querySelectorAll('.codicon')]
      .filter((e) => !/^"."$/u.test(getComputedStyle(e, '::before').content))
      .map((e) => e.className),
  );
  expect(blank).toEqual([]);
});

it('redraws its charts when the theme changes', async () => {
  await stage.open('run=growing&until=23&theme=dark');
  const picture = () => stage.page.locator('.heat-canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  const dark = await picture();
  await stage.page.evaluate(() => window.fakeHost.setTheme('light'));
  await stage.settle();
  await stage.settle();
  expect(await picture()).not.toBe(dark);
});

describe.each([1280, 900, 420])('at %d pixels', (width) => {
  it.each([...MOMENTS, 'layers=64&steps=300'])('nothing sticks out sideways at %s', async (moment) => {
    await stage.open(moment, width);
    const outside = await stage.page.evaluate(() => {
      const texts = [...document.querySelectorAll('button, h1, h2, h3, p, dd, .figure, .reading, .value, .net-value, .net-facts')];
      const scrolls = document.documentElement.scrollWidth > window.innerWidth ? ['the page scrolls sideways'] : [];
      return scrolls.concat(texts.filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1).map((e) => e.textContent ?? ''));
    });
    expect(outside).toEqual([]);
  });
});
