import { describe, expect, it } from 'vitest';
import { stageOfFile } from './stage-of-file.js';

const stage = stageOfFile();

const text = (selector: string) => stage.page.locator(selector).first().innerText();
/** Number of different colours on a canvas: 1 is a blank one. */
const coloursOf = (selector: string) =>
  stage.page
    .locator(selector)
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: new Uint8ClampedArray() };
      return new Set(new Uint32Array(data.buffer)).size;
    });

describe('a healthy run', () => {
  it('shows state, figures, one line of verdict, and draws every track', async () => {
    await stage.open('run=healthy&until=90');
    expect(await text('.bar .state')).toBe('Training');
    expect(await text('.bar .figures')).toMatch(/step 90 of 120\s+epoch 11 of 30\s+engine wasm\s+seed 42/);
    expect(await text('.verdict.calm h1')).toBe('Healthy');
    expect(await text('.verdict .detail')).toMatch(/^The loss is 0\.0\d of the baseline\. No layer is growing\.$/);
    for (const track of ['loss', 'rate', 'norm', 'layers'])
      expect(await coloursOf(`[data-track="${track}"] canvas`), track).toBeGreaterThan(2);
    expect(await coloursOf('.heat-canvas')).toBeGreaterThan(20);
    expect(await coloursOf('.risk-canvas')).toBeGreaterThan(1);
  });

  it('names the layers with their parameters and present values', async () => {
    expect(await stage.page.locator('.layer .name').allInnerTexts()).toEqual(['dense_1', 'dense_2', 'dense_3']);
    expect(await stage.page.locator('.layer .parameters').allInnerTexts()).toEqual(['160', '528', '51']);
    const [gradient, weight, update] = await stage.page.locator('.cells').first().locator('span').allInnerTexts();
    for (const value of [gradient, weight, update]) expect(Number(value)).toBeGreaterThan(0);
  });

  it('appends frames that come later', async () => {
    await stage.page.evaluate(() => window.fakeHost.append('healthy', 91, 100));
    await stage.settle();
    expect(await text('.bar .figures')).toContain('step 100 of 120');
    expect(await text('.ruler .reading')).toBe('now, step 100');
  });

  it('describes each chart in words and offers its numbers as a table', async () => {
    const loss = await stage.page.locator('[data-track="loss"] [role="img"]').getAttribute('aria-label');
    expect(loss).toMatch(/^Loss, categorical crossentropy\. First, step 0: 1\.\d+\. Last, step 100: .+ Largest at step \d+: .+\.$/);
    expect(await stage.page.locator('.heat [role="img"]').getAttribute('aria-label')).toMatch(
      /3 layers, steps 0 to 100\. Largest: dense_\d\./,
    );
    await stage.page.locator('summary', { hasText: 'Show the data as a table' }).click();
    await stage.settle();
    const header = await stage.page.locator('.data-table th').allInnerTexts();
    expect(header).toEqual(['step', 'loss', 'learning rate', 'gradient norm', 'after clipping', 'risk', 'dense_1', 'dense_2', 'dense_3']);
    expect(await stage.page.locator('.data-table tbody tr').last().locator('td').first().innerText()).toBe('100');
  });
});

describe('a run in trouble', () => {
  it('warns with cause, layer, step, fix and the evidence past its limits', async () => {
    await stage.open('run=growing&until=23');
    expect(await text('.bar .state')).toBe('Training, at risk');
    expect(await text('.verdict.risky h1')).toMatch(/^The loss is [\d.]+ times its start/);
    expect(await stage.page.locator('.facts .value').allInnerTexts()).toEqual([
      expect.stringMatching(/^dense_\d$/),
      'step 23',
      'training too hasty',
    ]);
    expect(await text('.best-fix .value')).toMatch(/^Lower the learning rate to /);
    expect(await stage.page.locator('.signals .mark.past').count()).toBeGreaterThanOrEqual(2);
    expect(await stage.page.locator('.flag').getAttribute('aria-label')).toBe('explosion-risk, step 23');
  });

  it('names values that are no numbers', async () => {
    await stage.open('run=exploding');
    expect(await text('.bar .state')).toBe('Diverged');
    expect(await text('.verdict.bad h1')).toContain('not finite');
    expect(await stage.page.locator('[data-track="loss"] .plot-label.word').allInnerTexts()).toEqual(
      expect.arrayContaining(['Inf', 'NaN']),
    );
    expect(await stage.page.locator('[data-track="loss"] .plot-label.err').allInnerTexts()).toEqual(['10× first loss']);
    expect(await text('[data-track="loss"] .reading .value')).toBe('NaN');
  });

  it('says when nothing has been trained', async () => {
    await stage.open('run=held');
    expect(await text('.verdict.bad .detail')).toBe('The run ended before its first update. Nothing has been trained.');
    await stage.page.evaluate(() => window.fakeHost.show('held', -1, 'paused'));
    await stage.settle();
    expect(await text('.bar .state')).toBe('Held before the first update');
    expect(await text('.verdict .detail')).toBe('The run is held before the first update. Nothing has been trained.');
    expect(await stage.page.locator('.signals .mark.past').count()).toBeGreaterThanOrEqual(3);
  });

  it('shows what failed, what to do, and the log', async () => {
    await stage.open('run=healthy&until=30');
    await stage.page.evaluate(() =>
      window.fakeHost.post({
        type: 'failed',
        run: 'healthy',
        error: { message: 'The trainer ended with code 137', action: 'Free memory and train again.' },
      }),
    );
    await stage.settle();
    expect(await text('.bar .state')).toBe('Failed');
    expect(await text('.verdict.bad h1')).toBe('The trainer ended with code 137');
    expect(await text('.verdict .detail')).toBe('Free memory and train again. The last step that was reported is 30.');
    await stage.page.locator('.verdict').getByRole('button', { name: 'Show log' }).click();
    expect(await stage.commands()).toEqual([{ type: 'showLog' }]);
  });
});

describe('before a run', () => {
  it('lists the configs with their checks and starts one', async () => {
    await stage.open('empty');
    expect(await stage.page.locator('.configs .path').allInnerTexts()).toContain('penguins/gradwatch.json');
    expect(await stage.page.locator('.configs .check').allInnerTexts()).toEqual(['1 problem', 'No problem found', 'No problem found']);
    await stage.page.locator('.configs li').nth(1).getByRole('button', { name: 'Train' }).click();
    await stage.page.locator('.configs li').nth(0).getByRole('button', { name: 'Check' }).click();
    expect(await stage.commands()).toEqual([
      { type: 'train', uri: 'file:///examples/penguins/gradwatch.json' },
      { type: 'check', uri: 'file:///examples/auto-mpg/gradwatch.json' },
    ]);
  });

  it('does not train in a workspace that is not trusted, and says so; it still checks', async () => {
    await stage.open('empty=restricted');
    const train = stage.page.getByRole('button', { name: 'Train' }).first();
    expect(await train.getAttribute('title')).toBe('Training needs a trusted workspace');
    await train.click({ force: true });
    expect(await stage.commands()).toEqual([]);
    await stage.page.getByRole('button', { name: 'Check' }).first().click();
    expect((await stage.commands()).map(({ type }) => type)).toEqual(['check']);
  });

  it('tells starting and pre-flight apart', async () => {
    await stage.open('run=healthy&until=-1&state=starting');
    expect(await text('.bar .state')).toBe('Starting');
    await stage.page.evaluate(() =>
      window.fakeHost.post({ type: 'event', run: 'healthy', event: { event: 'state', state: 'preflight', step: 0 } }),
    );
    await stage.settle();
    expect(await text('.bar .state')).toBe('Checking before the first update');
    expect(await text('.verdict .detail')).toContain('Nothing has been trained');
  });
});
