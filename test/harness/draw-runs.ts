// The runs told in docs/runs: cases trained for it, with what was said, their curves, and the dashboard as it shows their log (after a
// build; needs the browser of the page tests): tsx test/harness/draw-runs.ts
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { loadConfig } from '../../src/config/parse-config.js';
import { formatNumber } from '../../src/diagnosis/format-number.js';
import type { EndEvent, FindingEvent } from '../../src/telemetry/events.js';
import type { FrameEvent } from '../../src/telemetry/json-lines.js';
import { decodeLog } from '../../src/telemetry/log-reader.js';
import { openStage } from '../page/open-page.js';
import { drawCurves } from './draw-curves.js';

const ROOT = path.join(import.meta.dirname, '../..');
const RUNS_FOLDER = path.join(ROOT, 'docs/runs');
const RUNS: Record<string, [file: string, title: string]> = {
  'raw-auto-mpg': ['x-mpg-raw', 'Raw inputs: Auto MPG without scaling'],
  'slow-divergence': ['x-mpg-linear-slow', 'A linear model just above its limit'],
  'deep-sigmoid': ['v-sigmoid-8', 'Eight sigmoid layers'],
};
const SEED = 1;
const TOLD_FRAMES = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256];
const SIZE = { width: 1100, height: 760 };

interface RealRun {
  log: string;
  config: string;
}

/** Trains a case to its end, whatever is found, as `gradwatch train --json` does. */
async function train(file: string): Promise<RealRun> {
  const configFile = path.join(ROOT, 'bench/cases/core', `${file}.gradwatch.json`);
  const runDir = await mkdtemp(path.join(os.tmpdir(), 'gradwatch-docs-'));
  const args = ['train', configFile, '--json', '--on-trouble', 'continue', '--seed', String(SEED), '--run-dir', runDir];
  const { stdout } = spawnSync(process.execPath, [path.join(ROOT, 'dist/cli.js'), ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  await rm(runDir, { recursive: true, force: true });
  // The page shows where the config lies: not on whose machine.
  return { log: stdout.replaceAll(`${path.dirname(configFile)}/`, ''), config: await readFile(configFile, 'utf8') };
}

function tellFinding({ id, severity, phase, step, message, cause, formula }: FindingEvent): string {
  const when = phase === 'preflight' ? 'before training' : phase === 'end' ? 'at the end' : `at step ${step}`;
  const lines = formula?.split('\n').map((line) => `\`${line}\``).join(' '); // prettier-ignore
  return `- **${severity}** [\`${id}\`](../findings/${id}.md) ${when}: ${message}. Cause: ${cause}.${lines === undefined ? '' : `\n\n  ${lines}\n`}`;
}

const row = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`;

async function tell(name: string, title: string, { log, config: text }: RealRun): Promise<void> {
  const { start, entries } = decodeLog(log);
  if (start === null) throw new Error(`${name} did not start.`);
  const frames = entries.filter((e): e is FrameEvent => e.event === 'frame');
  const findings = entries.filter((e): e is FindingEvent => e.event === 'finding');
  const end = entries.find((e): e is EndEvent => e.event === 'end');
  const first = findings.find(({ severity }) => severity !== 'info') ?? findings[0];
  if (first === undefined || end === undefined) throw new Error(`Nothing was found in ${name}, or it has no end.`);
  const { optimizer } = loadConfig(text, name).config.training;
  const told = frames.filter((frame) => TOLD_FRAMES.includes(frame.step) || frame === frames.at(-1));
  const page = [
    `# ${title}`,
    '<!-- written by test/harness/draw-runs.ts from the log of a run -->',
    `${formatNumber(start.parameters)} parameters, ${formatNumber(start.samples.train)} training rows, \`${optimizer.type}\` at a rate of ${formatNumber(optimizer.learningRate)}; guessing costs ${formatNumber(start.baseline.loss)}.`,
    `![Loss and gradient norm](${name}.svg)`,
    '## What was said, in order',
    findings.map(tellFinding).join('\n'),
    '## The run, trained on whatever was said',
    [
      row(['step', 'loss', 'gradient norm', 'learning rate']),
      row(['---', '---', '---', '---']),
      ...told.map((f) => row([f.step, formatNumber(f.loss), formatNumber(f.globalGradNorm), formatNumber(f.learningRate)])),
    ].join('\n'),
    `It ${end.status === 'diverged' ? 'diverged' : 'came to its end'} after ${end.steps} updates, at ${Number.isFinite(end.loss) ? `${formatNumber(end.loss / start.baseline.loss)} of what guessing costs` : 'a loss beyond what numbers of 32 bits hold'}.`,
    `![The dashboard with the log of this run](${name}.png)`,
  ];
  await writeFile(path.join(RUNS_FOLDER, `${name}.md`), `${page.join('\n\n')}\n`);
  await writeFile(path.join(RUNS_FOLDER, `${name}.svg`), drawCurves(frames, first));
}

await mkdir(RUNS_FOLDER, { recursive: true });
const stage = await openStage({ reducedMotion: 'reduce', timezoneId: 'UTC' });
try {
  for (const [name, [file, title]] of Object.entries(RUNS)) {
    const run = await train(file);
    await tell(name, title, run);
    await stage.open('empty&theme=light', SIZE.width, SIZE.height);
    await stage.page.evaluate(({ log, config }) => window.fakeHost.showLog(log, config), run);
    await stage.settle();
    await stage.page.screenshot({ path: path.join(RUNS_FOLDER, `${name}.png`) });
  }
} finally {
  await stage.close();
}
