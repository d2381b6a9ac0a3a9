// npm run bench -- NAME: runs one benchmark, prints its figures, and stores them as JSON in test-results/bench-NAME.json.
// npm run bench -- diagnosis|repair [--cases DIR] [--seeds N] [--only PREFIX,...] [--json FILE] [--markdown FILE]: a scoreboard; exit
// code 1 where a case fails.
import { mkdir, writeFile } from 'node:fs/promises';
import { measureBoundary } from './boundary.js';
import { measureDetectors } from './detectors.js';
import { scoreDiagnosis } from './diagnosis.js';
import { measureEngine } from './engine.js';
import { measureTelemetry } from './telemetry.js';
import { measurePage } from './page.js';
import { scoreRepair } from './repair.js';

/** Each benchmark returns its figures; a ratio is measured in one run, so that the machine's speed divides out. */
const benchmarks: Record<string, () => Promise<Record<string, number>>> = {
  boundary: measureBoundary,
  detectors: measureDetectors,
  engine: () => measureEngine(),
  telemetry: () => measureTelemetry(),
  page: measurePage,
};

/** Scoreboards store their own results and tell whether all is well. */
const scoreboards: Record<string, (args: string[]) => Promise<boolean>> = { diagnosis: scoreDiagnosis, repair: scoreRepair };

const [name = '', ...args] = process.argv.slice(2);
const benchmark = benchmarks[name];
const scoreboard = scoreboards[name];
if (scoreboard !== undefined) {
  process.exitCode = (await scoreboard(args)) ? 0 : 1;
} else if (benchmark === undefined) {
  const names = [...Object.keys(benchmarks), ...Object.keys(scoreboards)];
  console.error(`Usage: npm run bench -- NAME, where NAME is one of: ${names.join(', ')}`);
  process.exitCode = 2;
} else {
  const figures = await benchmark();
  for (const [label, value] of Object.entries(figures)) console.log(`${label.padEnd(60)} ${Number(value.toPrecision(3))}`);
  await mkdir('test-results', { recursive: true });
  await writeFile(`test-results/bench-${name}.json`, JSON.stringify({ name, node: process.version, figures }, null, 2));
}
