// npm run bench -- NAME: runs one benchmark, prints its figures, and stores them as JSON in test-results/bench-NAME.json.
import { mkdir, writeFile } from 'node:fs/promises';
import { measureBoundary } from './boundary.js';
import { measureEngine } from './engine.js';
import { measureTelemetry } from './telemetry.js';
import { measurePage } from './page.js';

/** Each benchmark returns its figures; a ratio is measured in one run, so that the machine's speed divides out. */
const benchmarks: Record<string, () => Promise<Record<string, number>>> = {
  boundary: measureBoundary,
  engine: () => measureEngine(),
  telemetry: () => measureTelemetry(),
  page: measurePage,
};

const [name = ''] = process.argv.slice(2);
const benchmark = benchmarks[name];
if (benchmark === undefined) {
  console.error(`Usage: npm run bench -- NAME, where NAME is one of: ${Object.keys(benchmarks).join(', ')}`);
  process.exitCode = 2;
} else {
  const figures = await benchmark();
  for (const [label, value] of Object.entries(figures)) console.log(`${label.padEnd(40)} ${Number(value.toPrecision(3))}`);
  await mkdir('test-results', { recursive: true });
  await writeFile(`test-results/bench-${name}.json`, JSON.stringify({ name, node: process.version, figures }, null, 2));
}
