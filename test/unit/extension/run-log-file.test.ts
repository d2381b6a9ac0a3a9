import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configBeside } from '../../../src/extension/run-log-file.js';
import type { StartEvent } from '../../../src/telemetry/events.js';

describe('the config beside a run log', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'gradwatch-log-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const put = (name: string) => writeFileSync(path.join(folder, name), name);
  const found = (configFile?: string) => configBeside(path.join(folder, 'events.jsonl'), { configFile } as StartEvent);

  it('is the one the run was started with, among several', async () => {
    ['a.gradwatch.json', 'net.gradwatch.json', 'z.gradwatch.jsonc'].forEach(put);
    expect(await found('/models/net.gradwatch.json')).toEqual({ name: 'net.gradwatch.json', text: 'net.gradwatch.json' });
    expect(await found('C:\\models\\z.gradwatch.jsonc')).toMatchObject({ name: 'z.gradwatch.jsonc' });
  });

  it('is the one that is there, where the start names none or another', async () => {
    put('package.json');
    mkdirSync(path.join(folder, 'a.gradwatch.json'));
    expect(await found('/models/net.gradwatch.json')).toBeNull();
    put('gradwatch.jsonc');
    expect(await found('/models/net.gradwatch.json')).toMatchObject({ name: 'gradwatch.jsonc' });
    expect(await found()).toMatchObject({ name: 'gradwatch.jsonc' });
  });
});
