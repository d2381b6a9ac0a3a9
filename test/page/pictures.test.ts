import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drawsAlike } from '../harness/browser.js';
import { openStage, type Stage } from './open-page.js';
import { compareInPage } from './picture-likeness.js';

/*
 * The page as it was looked at and found right. After a change that is meant, look at what UPDATE_PICTURES=1 npm run test:page
 * writes here before it is kept. A failed comparison leaves the picture in test-results/pictures.
 */
const REFERENCES = new URL('../fixtures/pictures/', import.meta.url);
const FAILED = new URL('../../test-results/pictures/', import.meta.url);
/** Share of the squares of a picture that may differ: a single curve that is missing is more. Elsewhere fonts and smoothing are others. */
const MAX_DIFFERENT = drawsAlike() ? 0.002 : 0.06;

const PICTURES: [name: string, query: string, size?: [width: number, height: number]][] = [
  ['running-dark', 'run=healthy&until=90&theme=dark'],
  ['running-light', 'run=healthy&until=90&theme=light'],
  ['warning-dark', 'growing=97&theme=dark'],
  ['paused-light', 'run=growing&until=24&state=paused&theme=light'],
  ['diverged-dark', 'run=exploding&theme=dark'],
  ['diverged-high-contrast', 'run=exploding&theme=hc'],
  ['warning-high-contrast-light', 'growing=97&theme=hcl'],
  ['held-dark', 'run=held&theme=dark'],
  ['empty-dark', 'empty&theme=dark'],
  ['narrow-light', 'growing=97&theme=light', [400, 1200]],
  ['wide-dark', 'run=growing&until=24&theme=dark', [1920, 1000]],
  ['long-dark', 'layers=64&steps=4000&every=250&theme=dark'],
];

let stage: Stage;
let blank: Page;
beforeAll(async () => {
  stage = await openStage({ alike: true, reducedMotion: 'reduce', timezoneId: 'UTC' });
  blank = await stage.page.context().newPage();
});
afterAll(() => stage?.close());

it.each(PICTURES)('the page is as it was: %s', async (name, query, [width, height] = [1280, 900]) => {
  await stage.open(query, width, height);
  // No pointer over the page: what it rests on would light up.
  await stage.page.mouse.move(0, 0);
  await stage.settle();
  const picture = await stage.page.screenshot();
  const reference = fileURLToPath(new URL(`${name}.png`, REFERENCES));
  if (process.env['UPDATE_PICTURES'] === '1') {
    await mkdir(REFERENCES, { recursive: true });
    await writeFile(reference, picture);
  }
  expect(existsSync(reference), `no reference: ${reference}`).toBe(true);
  const likeness = await compareInPage(blank, await readFile(reference), picture);
  if (!likeness.sameSize || likeness.different > MAX_DIFFERENT) {
    await mkdir(FAILED, { recursive: true });
    await writeFile(new URL(`${name}.png`, FAILED), picture);
  }
  expect(likeness.sameSize).toBe(true);
  expect(likeness.different).toBeLessThanOrEqual(MAX_DIFFERENT);
  expect(stage.problems.splice(0)).toEqual([]);
});
