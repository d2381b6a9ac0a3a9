import { describe, expect, it } from 'vitest';
import { stageOfFile } from './stage-of-file.js';

const stage = stageOfFile();

const reading = () => stage.page.locator('.ruler .reading').innerText();
const lossReading = () => stage.page.locator('[data-track="loss"] .reading .value').innerText();

describe('the crosshair', () => {
  it('moves by key over all tracks and is spoken', async () => {
    await stage.open('run=growing&until=23');
    const now = await lossReading();
    await stage.page.locator('.timeline').focus();
    for (const key of ['ArrowLeft', 'ArrowLeft', 'PageUp', 'ArrowRight']) await stage.page.keyboard.press(key);
    expect(await reading()).toBe('step 12');
    expect(await stage.page.locator('.cross-label').innerText()).toBe('12');
    expect(await lossReading()).not.toBe(now);
    expect(await stage.page.locator('.timeline [role="status"]').textContent()).toMatch(/^Step 12: loss [\d.]+, learning rate /);
    for (let i = 0; i < 3; i++) await stage.page.keyboard.press('PageUp');
    expect(await reading()).toBe('step 0');
    await stage.page.keyboard.press('Escape');
    expect(await reading()).toBe('now, step 23');
    expect(await lossReading()).toBe(now);
    expect(await stage.page.locator('.cross').count()).toBe(0);
  });

  it('follows the pointer and stops at the newest step', async () => {
    const plot = (await stage.page.locator('.ruler .plot').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await stage.page.mouse.move(plot.x + (8.5 / 32) * plot.width, plot.y + 100);
    await stage.settle();
    expect(await reading()).toBe('step 8');
    await stage.page.mouse.move(plot.x + plot.width - 2, plot.y + 100);
    await stage.settle();
    expect(await reading()).toBe('step 23');
    await stage.page.mouse.move(5, 5);
    await stage.settle();
    expect(await reading()).toBe('now, step 23');
  });
});

describe('fixes and findings', () => {
  it('sends Apply and Apply and retrain of the best fix and of a card', async () => {
    await stage.open('run=growing&until=23');
    await stage.page.locator('.best-fix').getByRole('button', { name: 'Apply and retrain' }).click();
    await stage.page.locator('.fix summary').nth(1).click();
    await stage.page.locator('.fix').nth(1).getByRole('button', { name: 'Apply', exact: true }).click();
    expect(await stage.commands()).toEqual([
      { type: 'applyFix', fix: 'lower-learning-rate', retrain: true },
      { type: 'applyFix', fix: 'clip-gradients', retrain: false },
    ]);
  });

  it('shows the lines a fix would change', async () => {
    const lines = await stage.page.locator('.fix').first().locator('.diff .line').allInnerTexts();
    expect(lines.filter((line) => line.includes('−'))).toEqual([expect.stringContaining('"learningRate": 0.02')]);
    expect(lines.filter((line) => line.includes('+'))).toEqual([expect.stringMatching(/"learningRate": 0\.0\d+/)]);
  });

  it('keeps a fix that cannot be applied, with its reason', async () => {
    await stage.page.evaluate(() =>
      window.fakeHost.post({
        type: 'findings',
        run: 'growing',
        findings: [],
        fixes: [
          { id: 'add-l1', title: 'Add L1', why: 'Because.', live: false, diff: [], answers: [], disabledReason: 'The config has changed' },
        ],
      }),
    );
    await stage.settle();
    const apply = stage.page.locator('.fix').getByRole('button', { name: 'Apply', exact: true });
    await apply.click({ force: true });
    expect(await apply.getAttribute('aria-disabled')).toBe('true');
    expect(await stage.page.locator('.fix .card > .note').innerText()).toBe('The config has changed.');
    expect((await stage.commands()).filter((command) => command.type === 'applyFix')).toHaveLength(2);
  });

  it('reveals the line of a finding in the config', async () => {
    await stage.open('run=held');
    await stage.page
      .locator('.finding')
      .nth(1)
      .getByRole('button', { name: /line 4/ })
      .click();
    expect(await stage.commands()).toEqual([{ type: 'reveal', path: ['data'] }]);
  });

  it('leads from a marker to its finding', async () => {
    await stage.open('run=growing&until=23');
    await stage.page.locator('.flag').click();
    expect(await stage.page.evaluate(() => document.activeElement?.getAttribute('data-finding'))).toBe('explosion-risk');
  });
});

describe('the run bar', () => {
  it('pauses, resumes, steps and stops, and says why it cannot', async () => {
    await stage.open('run=healthy&until=50');
    await stage.page.getByRole('button', { name: 'Pause training' }).click();
    const step = stage.page.getByRole('button', { name: /^Run one step/ });
    expect(await step.getAttribute('aria-label')).toBe('Run one step: pause the run first');
    await step.click({ force: true });
    await stage.page.evaluate(() =>
      window.fakeHost.post({ type: 'event', run: 'healthy', event: { event: 'state', state: 'paused', step: 50 } }),
    );
    await stage.settle();
    await step.click();
    await stage.page.getByRole('button', { name: 'Resume training' }).click();
    await stage.page.getByRole('button', { name: 'Stop training' }).click();
    expect((await stage.commands()).map((command) => command.type)).toEqual(['pause', 'step', 'resume', 'stop']);
  });
});

describe('what the reader chose', () => {
  it('survives a reload of the page', async () => {
    await stage.open('run=growing&until=23');
    await stage.page.getByRole('button', { name: 'Update ratio' }).click();
    await stage.page.getByRole('button', { name: 'follow' }).click();
    await stage.page.locator('.layer').nth(2).click();
    await stage.open('run=growing&until=23');
    const pressed = await stage.page.locator('.timeline [aria-pressed="true"]').allInnerTexts();
    expect(pressed.map((label) => label.split('\n')[0])).toEqual(['follow', 'Update ratio', 'dense_3', 'dense_3']);
    expect(await stage.page.locator('.legend .explanation').innerText()).toBe('update ÷ weight norm, log scale');
  });

  it('selects a layer by a click on its row of the heatmap, and puts it first in the last track', async () => {
    await stage.page.locator('.heat .plot').click({ position: { x: 200, y: 70 } });
    await stage.settle();
    expect(await stage.page.locator('.layer[aria-pressed="true"] .name').innerText()).toBe('dense_4');
    expect(await stage.page.locator('[data-track="layers"] .plot').getAttribute('aria-label')).toMatch(/In colour: dense_4, /);
  });
});
