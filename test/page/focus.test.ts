import { describe, expect, it } from 'vitest';
import { timelineHand } from './timeline-hand.js';
import { stageOfFile } from './stage-of-file.js';

const stage = stageOfFile({ forget: true });

const { reading, press, heatLabel, steps, plotBox, drag } = timelineHand(() => stage);

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
