import { describe, expect, it } from 'vitest';
import { stageOfFile } from './stage-of-file.js';

const stage = stageOfFile();

const region = () => stage.page.locator('[aria-live="polite"]');
const spoken = () => region().textContent();
/** Everything the region says while something happens, in order. */
async function listen(): Promise<() => Promise<string[]>> {
  await stage.page.evaluate(() => {
    const heard: string[] = [];
    const node = document.querySelector('[aria-live="polite"]');
    if (node !== null)
      new MutationObserver(() => heard.push(node.textContent ?? '')).observe(node, { childList: true, characterData: true, subtree: true });
    Object.assign(window, { heard });
  });
  return () => stage.page.evaluate(() => (window as unknown as { heard: string[] }).heard);
}

describe('what is told to those who listen', () => {
  it('a run that comes onto the page: its state, and what is wrong with it', async () => {
    await stage.open('run=healthy&until=90');
    expect(await spoken()).toBe('Training.');
    await stage.open('run=growing&until=24&state=paused');
    expect(await spoken()).toBe('Paused by the guard. The loss has reached 14,470 times its first value.');
  });

  it('every change of the state and every new finding, but no frame', async () => {
    await stage.open('run=healthy&until=60');
    const heard = await listen();
    await stage.page.evaluate(() => window.fakeHost.append('healthy', 61, 80));
    await stage.settle();
    expect(await heard()).toEqual([]);
    await stage.page.evaluate(() =>
      window.fakeHost.post({ type: 'event', run: 'healthy', event: { event: 'state', state: 'paused', step: 80 } }),
    );
    await region().filter({ hasText: 'Paused.' }).waitFor();
    await stage.page.evaluate(() => window.fakeHost.find('healthy', ['gradient-spike']));
    await region().filter({ hasText: 'Finding gradient-spike.' }).waitFor();
    expect(await heard()).toEqual(['Paused.', 'Paused by the guard. Finding gradient-spike.']);
  });

  it('many findings at once in one breath: how many, and the worst', async () => {
    await stage.open('run=healthy&until=60');
    const heard = await listen();
    await stage.page.evaluate(() => {
      for (let n = 1; n <= 5; n++) window.fakeHost.find('healthy', ['a', 'b', 'c', 'd', 'e'].slice(0, n));
    });
    await region().filter({ hasText: 'new findings' }).waitFor();
    expect((await heard()).length).toBeLessThanOrEqual(2);
    expect(await spoken()).toContain('new findings');
  });
});
