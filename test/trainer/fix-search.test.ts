import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FixSearchService, type FixSearchRequest, type SearchProgress } from '../../src/extension/fix-search.js';
import { descendants, isAlive } from './processes.js';
import { explodingConfig, writeConfig } from './trainer-process.js';

const trainerScript = path.resolve('dist/trainer.js');
let searches: FixSearchService;
let heard: SearchProgress[];

beforeEach(() => {
  const write = () => undefined;
  searches = new FixSearchService({ trainerScript, log: { info: write, warn: write, error: write, debug: write } });
  heard = [];
  searches.onProgress((progress) => heard.push(progress));
});
afterEach(() => searches.dispose());

function requestFor(config: unknown): FixSearchRequest {
  const configFile = writeConfig(config);
  return { configFile, configText: readFileSync(configFile, 'utf8'), trusted: true };
}

/** Resolves when a candidate is under way. */
async function untilTrying(): Promise<void> {
  while (!heard.some(({ trials }) => trials.some(({ fix }) => fix !== null))) await wait(10);
}

describe('FixSearchService', () => {
  it('finds a fix, tells how far it is, remembers the outcome, and leaves no process', async () => {
    const request = requestFor(explodingConfig('pause'));
    const search = searches.search(request);
    expect(searches.searching).toBe(request.configFile);
    const { pid } = searches;
    const result = await search;
    expect(result).toMatchObject({ status: 'fixed', best: { fix: 'lower-learning-rate', verdict: 'fixes' } });
    expect(searches.outcomeFor(request.configFile)).toEqual({ configText: request.configText, result });
    expect(searches.searching).toBeNull();
    expect(searches.progress).toBeNull();
    expect(heard.length).toBeGreaterThan(0);
    expect(isAlive(pid ?? 0)).toBe(false);
  });

  it('refuses a second search while one goes on, and is there for the next', async () => {
    const first = searches.search(requestFor(explodingConfig('pause')));
    await expect(searches.search(requestFor(explodingConfig('pause')))).rejects.toMatchObject({ code: 'search-running' });
    searches.cancel();
    expect(await first).toBeNull();
    expect(await searches.search(requestFor(explodingConfig('pause')))).toMatchObject({ status: 'fixed' });
  });

  it('is gone within a second of a cancel, its trials with it', async () => {
    const config = explodingConfig('pause') as { training: object };
    const search = searches.search(requestFor({ ...config, training: { ...config.training, epochs: 1_000_000 } }));
    await untilTrying();
    const all = [searches.pid ?? 0, ...descendants(searches.pid ?? 0)];
    expect(all.length).toBeGreaterThan(1);
    const begin = performance.now();
    searches.cancel();
    expect(await search).toBeNull();
    expect(performance.now() - begin).toBeLessThan(1500);
    await expect.poll(() => all.filter(isAlive)).toEqual([]);
  });

  it('hands on the error of a config whose data is missing', async () => {
    const config = { ...(explodingConfig('pause') as object), data: { file: 'nowhere.csv', target: 'y' } };
    await expect(searches.search(requestFor(config))).rejects.toMatchObject({ code: 'data-not-found' });
    expect(searches.searching).toBeNull();
  });
});
