// The pictures of docs/findings and the runs told in docs/runs, from runs the trainer recorded (test/fixtures/traces), judged anew,
// and from cases trained for it (after a build): tsx test/harness/draw-findings.ts
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { recordRun } from '../../bench/scoreboard/record-run.js';
import { createDiagnosis } from '../../src/diagnosis/diagnosis.js';
import { formatNumber } from '../../src/diagnosis/format-number.js';
import type { FindingEvent, Frame } from '../../src/telemetry/events.js';
import { loadTrace, type Trace } from '../unit/diagnosis/builders.js';

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
const RUNS: Record<string, [trace: string, title: string]> = {
  'raw-auto-mpg': ['exploding-raw-inputs', 'Raw inputs: Auto MPG without scaling'],
  'slow-divergence': ['exploding-slow-linear', 'A linear model just above its limit'],
  'deep-sigmoid': ['vanishing-sigmoid', 'Eight sigmoid layers'],
};
const SIZE = { width: 480, height: 150, left: 52, bottom: 22, top: 24, right: 10 };
const LOSS = '#3b82c4';
const NORM = '#d07b2a';
const INK = '#808080';
const MOST_POINTS = 160;
const TOLD_FRAMES = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256];

function judge({ config, start, report, frames }: Trace): FindingEvent[] {
  const diagnosis = createDiagnosis({ config, start, preflight: null });
  return [...diagnosis.preflight(report), ...frames.flatMap((frame) => diagnosis.frame(frame).findings)];
}

/** Loss and gradient norm over the steps, both on one logarithmic scale; a mark where the finding was said. */
function draw(all: Frame[], mark: FindingEvent): string {
  const lost = all.find((frame) => !Number.isFinite(frame.loss) || !Number.isFinite(frame.globalGradNorm))?.step;
  // Nothing can be drawn of what is not finite: the axis ends soon after.
  const frames = lost === undefined ? all : all.filter((frame) => frame.step <= Math.max(lost, mark.step) + 1 + lost / 4);
  const every = Math.ceil(frames.length / MOST_POINTS);
  const shown = frames.filter((_, i) => i % every === 0);
  const series = [shown.map((f) => Math.abs(f.loss)), shown.map((f) => f.globalGradNorm)];
  const logs = series.flat().filter((v) => Number.isFinite(v) && v > 0).map(Math.log10); // prettier-ignore
  const [low, high] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))];
  const last = Math.max(1, frames.at(-1)?.step ?? 1);
  const x = (step: number) => SIZE.left + (step / last) * (SIZE.width - SIZE.left - SIZE.right);
  const y = (log: number) => SIZE.top + ((high - log) / Math.max(1, high - low)) * (SIZE.height - SIZE.top - SIZE.bottom);
  const line = (values: number[], colour: string) => {
    const points = values.flatMap((v, i) => (Number.isFinite(v) && v > 0 ? [`${x(shown[i]?.step ?? 0).toFixed(1)},${y(Math.log10(v)).toFixed(1)}`] : [])); // prettier-ignore
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>${points.length > 3 ? '' : points.map((point) => `<circle cx="${point.split(',')[0]}" cy="${point.split(',')[1]}" r="2.5" fill="${colour}"/>`).join('')}`;
  };
  const at = mark.phase === 'preflight' ? 0 : mark.step;
  const text = (tx: number, ty: number, words: string, colour = INK, anchor = 'start') =>
    `<text x="${tx.toFixed(1)}" y="${ty.toFixed(1)}" fill="${colour}" text-anchor="${anchor}">${words}</text>`;
  const late = x(at) > SIZE.width * 0.6;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" width="${SIZE.width}" height="${SIZE.height}" font-family="sans-serif" font-size="10">`,
    `<path d="M${SIZE.left} ${SIZE.top}V${SIZE.height - SIZE.bottom}H${SIZE.width - SIZE.right}" fill="none" stroke="${INK}"/>`,
    text(SIZE.left - 4, SIZE.top + 4, `1e${high}`, INK, 'end'),
    text(SIZE.left - 4, SIZE.height - SIZE.bottom, `1e${low}`, INK, 'end'),
    text(SIZE.left, SIZE.height - 8, '0'),
    text(SIZE.width - SIZE.right, SIZE.height - 8, `step ${last}`, INK, 'end'),
    text(SIZE.left + 40, SIZE.height - 8, 'loss', LOSS),
    text(SIZE.left + 70, SIZE.height - 8, 'gradient norm', NORM),
    line(series[0] ?? [], LOSS),
    line(series[1] ?? [], NORM),
    `<path d="M${x(at).toFixed(1)} ${SIZE.top}V${SIZE.height - SIZE.bottom}" stroke="${INK}" stroke-dasharray="3 2"/>`,
    text(
      x(at) + (late ? -4 : 4),
      SIZE.top - 8,
      `${mark.id}${mark.phase === 'preflight' ? ', before training' : `, step ${at}`}`,
      INK,
      late ? 'end' : 'start',
    ),
    ...(lost === undefined ? [] : [text(SIZE.width - SIZE.right, SIZE.top + 10, `not finite from step ${lost} on`, INK, 'end')]),
    '</svg>\n',
  ].join('\n');
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
  await writeFile(path.join(DOCS, 'findings/images', `${id}.svg`), draw(frames, mark));
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

async function tell(name: string, trace: string, title: string): Promise<void> {
  const recorded = loadTrace(trace);
  const findings = judge(recorded);
  const { start, frames, config } = recorded;
  const first = findings.find((found) => found.severity !== 'info') ?? findings[0];
  if (first === undefined) throw new Error(`Nothing was found in ${trace}.`);
  const { optimizer } = config.training;
  const rows = frames.filter((frame) => TOLD_FRAMES.includes(frame.step) || frame === frames.at(-1));
  const cells = (cell: (string | number)[]) => `| ${cell.join(' | ')} |`;
  const text = [
    `# ${title}`,
    `<!-- written by test/harness/draw-findings.ts from a recorded run -->`,
    `${formatNumber(start.parameters)} parameters, ${formatNumber(start.samples.train)} training rows, \`${optimizer.type}\` at a rate of ${formatNumber(optimizer.learningRate)}; guessing costs ${formatNumber(start.baseline.loss)}.`,
    `![Loss and gradient norm](${name}.svg)`,
    '## What was said, in order',
    findings
      .map(
        (f) =>
          `- **${f.severity}** [\`${f.id}\`](../findings/${f.id}.md) ${f.phase === 'preflight' ? 'before training' : `at step ${f.step}`}: ${f.message}. Cause: ${f.cause}.${
            f.formula === undefined
              ? ''
              : `\n\n  ${f.formula
                  .split('\n')
                  .map((l) => `\`${l}\``)
                  .join(' ')}\n`
          }`,
      ) // prettier-ignore
      .join('\n'),
    '## The run, trained on whatever was said',
    [
      cells(['step', 'loss', 'gradient norm', 'learning rate']),
      cells(['---', '---', '---', '---']),
      ...rows.map((f) => cells([f.step, formatNumber(f.loss), formatNumber(f.globalGradNorm), formatNumber(f.learningRate)])),
    ].join('\n'),
  ].join('\n\n');
  await writeFile(path.join(DOCS, 'runs', `${name}.md`), `${text}\n`);
  await writeFile(path.join(DOCS, 'runs', `${name}.svg`), draw(frames, first));
}

await mkdir(path.join(DOCS, 'findings/images'), { recursive: true });
await mkdir(path.join(DOCS, 'runs'), { recursive: true });
for (const [name, [trace, title]] of Object.entries(RUNS)) await tell(name, trace, title);
for (const [id, name] of Object.entries(PICTURES)) {
  const trace = loadTrace(name);
  await illustrate(id, trace.frames, judge(trace));
}
for (const [id, file] of Object.entries(TRAINED)) {
  const { frames, findings } = await recordRun({ configFile: path.join(DOCS, '../bench/cases', file), seed: 1, onTrouble: 'continue' });
  await illustrate(id, frames, findings);
}
