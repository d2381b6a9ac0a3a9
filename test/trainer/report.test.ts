import { appendFileSync, cpSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { framesFromBytes } from '../../src/telemetry/frame-bytes.js';
import { cli, runDir } from './command-line.js';
import { healthyConfig, writeConfig } from './trainer-process.js';

const RUNS = new URL('../fixtures/runs/', import.meta.url);

/** A run directory made of a recorded run. */
function recordedRun(name: string): string {
  const directory = path.join(runDir(), name);
  mkdirSync(directory);
  cpSync(new URL(`${name}.events.jsonl`, RUNS), path.join(directory, 'events.jsonl'));
  cpSync(new URL(`${name}.gradwatch.jsonc`, RUNS), path.join(directory, `${name}.gradwatch.jsonc`));
  return directory;
}

const carried = (html: string, id: string) => new RegExp(`id="${id}">([\\s\\S]*?)</script>`).exec(html)?.[1] ?? '';
const framesOf = (html: string, id = 'gradwatch-frames') => framesFromBytes(inflateRawSync(Buffer.from(carried(html, id), 'base64')));

describe('gradwatch report', () => {
  let directory: string;
  beforeAll(async () => {
    directory = runDir();
    const { code } = await cli('train', writeConfig(healthyConfig()), '--run-dir', directory);
    expect(code).toBe(0);
  });

  it('writes one file with the run it is given by its folder, beside the log', async () => {
    const { code, out, err } = await cli('report', directory);
    expect({ code, out }).toEqual({ code: 0, out: `${path.join(directory, 'report.html')}\n` });
    expect(err).toMatch(/^\d+ KB, 20 frames\n$/);
    const html = readFileSync(path.join(directory, 'report.html'), 'utf8');
    const log = readFileSync(path.join(directory, 'events.jsonl'), 'utf8').split('\n');
    const losses = log.filter((line) => line.includes('"event":"frame"')).map((line) => (JSON.parse(line) as { loss: number }).loss);
    framesOf(html).loss.forEach((loss, i) => expect(loss / (losses[i] as number)).toBeCloseTo(1, 6));
    expect(framesOf(html).count).toBe(losses.length);
    expect(JSON.parse(carried(html, 'gradwatch-run'))).toMatchObject({ state: 'completed', config: 'net.gradwatch.json' });
    expect(html).not.toMatch(/(src|href)="(https?:|\.|\/)/);
  });

  it('takes the log itself, and writes where it is told', async () => {
    const file = path.join(runDir(), 'one.html');
    const { code, out } = await cli('report', path.join(directory, 'events.jsonl'), '--out', file);
    expect({ code, out }).toEqual({ code: 0, out: `${file}\n` });
    expect(statSync(file).size).toBeLessThan(1_000_000);
  });

  it('explains the findings, shows the config and what the fixes would change', async () => {
    const run = recordedRun('growing');
    await cli('report', run);
    const html = readFileSync(path.join(run, 'report.html'), 'utf8');
    expect(html).toMatch(/<article id="docs-explosion-risk"><h3>Explosion risk<\/h3>/);
    expect(html).toMatch(/<li id="config-22" class="found"> +&quot;optimizer&quot;/);
    const { fixes } = JSON.parse(carried(html, 'gradwatch-run')) as { fixes: { id: string; diff: unknown[] }[] };
    expect(fixes.find((fix) => fix.id === 'lower-learning-rate')?.diff.length).toBeGreaterThan(1);
  });

  it('lays a second run over it, with its frames and without its findings', async () => {
    const run = recordedRun('growing');
    const { code } = await cli('report', run, '--compare', recordedRun('exploding'));
    expect(code).toBe(0);
    const html = readFileSync(path.join(run, 'report.html'), 'utf8');
    const other = JSON.parse(carried(html, 'gradwatch-other-run')) as { state: string; findings: unknown[]; config: string };
    expect(other).toMatchObject({ state: 'diverged', findings: [], config: 'exploding.gradwatch.jsonc' });
    expect(framesOf(html, 'gradwatch-other-frames').count).toBeGreaterThan(1);
    expect(framesOf(html).count).toBe(32);
  });

  it('keeps everything before a line that was cut off', async () => {
    const run = recordedRun('growing');
    const log = path.join(run, 'events.jsonl');
    truncateSync(log, statSync(log).size - 50);
    const { code, err } = await cli('report', run);
    expect(code).toBe(0);
    expect(err).toContain('the last line of the log was cut off');
    const html = readFileSync(path.join(run, 'report.html'), 'utf8');
    expect(framesOf(html).count).toBe(32);
  });

  it('thins a long run to a file of reasonable size and keeps its spike', async () => {
    const run = recordedRun('healthy');
    const log = path.join(run, 'events.jsonl');
    const lines = readFileSync(log, 'utf8').split('\n');
    const frame = lines.find((line) => line.includes('"event":"frame"')) ?? '';
    const at = (step: number) => frame.replace(/"step":\d+/, `"step":${step}`);
    const many = Array.from({ length: 60_000 }, (_, step) =>
      step === 41_234 ? at(step).replace(/"loss":[^,]+/, '"loss":12345') : at(step),
    );
    writeFileSync(log, `${lines[0]}\n${many.join('\n')}\n`);
    const { code, err } = await cli('report', run);
    expect(code).toBe(0);
    expect(err).toMatch(/of 60000 frames\n$/);
    const html = readFileSync(path.join(run, 'report.html'), 'utf8');
    expect(html.length).toBeLessThan(4_000_000);
    const { loss, step } = framesOf(html);
    expect(step[loss.indexOf(12345)]).toBe(41_234);
  });

  it.each([
    ['a place that is not there', () => path.join(runDir(), 'none'), /There is no such run\. Give a folder of \.gradwatch\/runs/],
    ['a folder without a log', () => runDir(), /This folder holds no run: it has no events\.jsonl\./],
    ['a file that is no log', () => writeConfig(healthyConfig()), /:1: This is no run log: its lines are not events\./],
    ['an empty log', () => emptyLog(), /This is no run log: it does not say which run it is of\./],
    ['a log damaged in the middle', () => damagedLog(), /events\.jsonl:\d+: The run log is damaged here/],
  ])('refuses %s with exit code 2', async (_what, place, message) => {
    const { code, out, err } = await cli('report', place());
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  it('refuses a file it cannot write, and wrong arguments', async () => {
    const nowhere = await cli('report', directory, '--out', path.join(directory, 'no', 'such', 'folder.html'));
    expect(nowhere).toMatchObject({ code: 2, err: expect.stringMatching(/cannot be written here: ENOENT/) });
    expect(await cli('report')).toMatchObject({ code: 2, err: expect.stringMatching(/Of which run\?/) });
    expect(await cli('report', directory, '--compare', path.join(directory, 'none'))).toMatchObject({
      code: 2,
      err: expect.stringMatching(/There is no such run/),
    });
    expect(await cli('report', 'a', 'b')).toMatchObject({ code: 2, err: expect.stringMatching(/"b" is one too many/) });
  });
});

function emptyLog(): string {
  const directory = runDir();
  writeFileSync(path.join(directory, 'events.jsonl'), '');
  return directory;
}

function damagedLog(): string {
  const directory = recordedRun('exploding');
  appendFileSync(path.join(directory, 'events.jsonl'), '{"event":\n{"event":"state","state":"stopped","step":1}\n');
  return directory;
}
