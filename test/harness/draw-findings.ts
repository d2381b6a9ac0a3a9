// The pictures of docs/findings, from runs the trainer recorded (test/fixtures/traces), judged anew, and from cases trained for it
// (after a build): tsx test/harness/draw-findings.ts
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { recordRun } from '../../bench/scoreboard/record-run.js';
import { createDiagnosis } from '../../src/diagnosis/diagnosis.js';
import type { FindingEvent, Frame } from '../../src/telemetry/events.js';
import { loadTrace, type Trace } from '../unit/diagnosis/builders.js';
import { drawCurves } from './draw-curves.js';

const DOCS = path.join(import.meta.dirname, '../../docs');
/** Which recorded run shows a finding. */
const PICTURES: Record<string, string> = {
  'explosion-risk': 'exploding-slow-linear',
  'exploding-gradients': 'exploding-line-0055',
  'non-finite': 'exploding-raw-inputs',
  'exploded-then-dead': 'exploded-then-dead-penguins',
  'learning-rate-high': 'exploding-relu-rnn',
  'unscaled-inputs': 'exploding-raw-inputs',
  'bad-initialization': 'exploding-wide-init',
  'vanishing-gradients': 'vanishing-sigmoid',
  'dead-units': 'dead-relu',
  'learning-rate-low': 'slow-tiny-rate',
};
/** The same for the others: a case of bench/cases, trained now. */
const TRAINED: Record<string, string> = {
  'gradient-spike': 'more/d-warmup-mpg.gradwatch.json',
  'oscillating-loss': 'more/h-lstm-clip.gradwatch.json',
  plateau: 'more/p-random-many.gradwatch.json',
  overfitting: 'broad/f-random-labels.gradwatch.json',
  'bad-data': 'broad/b-constant-target.gradwatch.json',
  'too-little-data': 'more/f-linear-few.gradwatch.json',
  'model-too-complex': 'broad/f-random-labels.gradwatch.json',
  'output-loss-mismatch': 'more/m-reg-sigmoid.gradwatch.json',
  'single-unit-softmax': 'core/m-single-softmax.gradwatch.json',
  'double-softmax': 'broad/m-softmax-logits.gradwatch.json',
  'saturated-units': 'more/u-wide-tanh.gradwatch.json',
  'unscaled-target': 'broad/x-target-mpg-weight.gradwatch.json',
  'clipping-too-often': 'broad/c-clip-tiny.gradwatch.json',
};

function judge({ config, start, report, frames }: Trace): FindingEvent[] {
  const diagnosis = createDiagnosis({ config, start, preflight: null });
  return [...diagnosis.preflight(report), ...frames.flatMap((frame) => diagnosis.frame(frame).findings)];
}

/** What the run in the picture was told, with the formula's numbers. */
function exampleOf({ severity, phase, step, message, cause, formula }: FindingEvent): string {
  const when = phase === 'preflight' ? 'before training' : phase === 'end' ? 'at the end' : `at step ${step}`;
  const numbers = formula === undefined ? '' : `\n\n\`\`\`\n${formula}\n\`\`\`\n`;
  return `## Example\n\nThe run of the picture: ${severity} ${when}, "${message}", cause: ${cause}.\n${numbers}\n`;
}

/** Puts the picture into the page, before its rule, and the example behind it; once. */
async function illustrate(id: string, frames: Frame[], findings: FindingEvent[]): Promise<void> {
  const mark = findings.find((found) => found.id === id);
  if (mark === undefined) throw new Error(`The run does not show ${id}.`);
  await writeFile(path.join(DOCS, 'findings/images', `${id}.svg`), drawCurves(frames, mark));
  const page = path.join(DOCS, 'findings', `${id}.md`);
  const text = await readFile(page, 'utf8');
  const picture = `![Loss and gradient norm of a recorded run](images/${id}.svg)\n\n`;
  const drawn = text.includes(picture) ? text : text.replace('## Rule\n', `${picture}## Rule\n`);
  const known = /## Example\n[^]*?(?=## )/;
  const example = exampleOf(mark);
  await writeFile(
    page,
    known.test(drawn) ? drawn.replace(known, () => example) : drawn.replace('## When it is wrong', () => `${example}## When it is wrong`),
  );
}

await mkdir(path.join(DOCS, 'findings/images'), { recursive: true });
for (const [id, name] of Object.entries(PICTURES)) {
  const trace = loadTrace(name);
  await illustrate(id, trace.frames, judge(trace));
}
for (const [id, file] of Object.entries(TRAINED)) {
  const { frames, findings } = await recordRun({ configFile: path.join(DOCS, '../bench/cases', file), seed: 1, onTrouble: 'continue' });
  await illustrate(id, frames, findings);
}
