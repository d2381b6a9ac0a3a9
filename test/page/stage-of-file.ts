import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { openStage, type Stage } from './open-page.js';

/**
 * The stage of the tests of a file, or of a group: opened before the first of them, closed after the last, and of use in between. No test
 * may leave a problem behind. `prepare` is done once; with `forget` nothing that the page remembers, such as a zoom, outlasts a test.
 */
export function stageOfFile({ forget = false, prepare }: { forget?: boolean; prepare?: (stage: Stage) => Promise<void> } = {}): Stage {
  let opened: Stage | undefined;
  const stage = (): Stage => {
    if (opened === undefined) throw new Error('The stage opens before the first test.');
    return opened;
  };
  beforeAll(async () => {
    opened = await openStage();
    await prepare?.(opened);
  });
  afterAll(() => opened?.close());
  afterEach(async () => {
    if (forget) await stage().page.evaluate(() => sessionStorage.clear());
    expect(stage().problems.splice(0)).toEqual([]);
  });
  return {
    get page() {
      return stage().page;
    },
    get problems() {
      return stage().problems;
    },
    open: (query, width, height) => stage().open(query, width, height),
    settle: () => stage().settle(),
    commands: () => stage().commands(),
    close: () => stage().close(),
  };
}
