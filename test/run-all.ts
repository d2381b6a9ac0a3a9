// npm test: every suite in its own process, fast ones first. The last line is "N passed, N failed"; exit code 1 on any failure.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { root } from './harness/workbench-session.js';

interface Counts {
  passed: number;
  failed: number;
}

interface Suite {
  name: string;
  /** What a person runs to see this suite alone. */
  command: string;
  /** Program and arguments; `results` is the file for machine-readable results. */
  run: (results: string) => string[];
  /** Reads the results; null where the process alone tells (one check that passes or fails). */
  read: ((results: string) => Counts) | null;
}

const tool = (name: string) => path.join(root, 'node_modules/.bin', name);

const vitest = (name: string): Suite => ({
  name,
  command: `npm run test:${name}`,
  run: (results) => [tool('vitest'), 'run', '--project', name, '--reporter=default', '--reporter=json', `--outputFile.json=${results}`],
  read: readVitest,
});

const check = (name: string, command: string, program: string[]): Suite => ({ name, command, run: () => program, read: null });

const suites: Suite[] = [
  check('eslint', 'npx eslint .', [tool('eslint'), '.']),
  check('prettier', 'npx prettier --check .', [tool('prettier'), '--check', '--log-level=warn', '.']),
  check('rooms', 'npx depcruise --config .dependency-cruiser.mjs src webview-ui test bench', [
    tool('depcruise'),
    '--config',
    '.dependency-cruiser.mjs',
    ...['src', 'webview-ui', 'test', 'bench'],
  ]),
  check('types', 'npx tsc --noEmit', [tool('tsc'), '--noEmit']),
  check('build', 'npm run build', [process.execPath, 'esbuild.mjs']),
  vitest('unit'),
  vitest('trainer'),
  vitest('page'),
  {
    name: 'integration',
    command: 'npm run test:integration',
    run: (results) => [tool('tsx'), 'test/harness/run-integration.ts', '--results', results],
    read: (text) => JSON.parse(text) as Counts,
  },
  vitest('e2e'),
  vitest('package'),
  {
    name: 'diagnosis',
    command: 'npm run bench -- diagnosis',
    run: (results) => [
      tool('tsx'),
      ...['bench/run.ts', 'diagnosis', '--json', results, '--cases', 'bench/cases/core', '--cases', 'bench/cases/broad'],
    ],
    read: (text) => JSON.parse(text) as Counts,
  },
];

/** Tests that do not run (skipped, todo) prove nothing: they count as failed. A file that cannot be loaded counts as one failure. */
function readVitest(text: string): Counts {
  const report = JSON.parse(text) as {
    numTotalTests: number;
    numPassedTests: number;
    testResults: { status: string; assertionResults: unknown[] }[];
  };
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  return { passed: report.numPassedTests, failed: report.numTotalTests - report.numPassedTests + broken };
}

async function runSuite(suite: Suite, results: string): Promise<Counts> {
  const [program = '', ...args] = suite.run(results);
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' });
  running = child;
  const [code] = (await once(child, 'exit')) as [number | null];
  if (suite.read === null) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  const counts = await readFile(results, 'utf8').then(suite.read, () => null);
  if (counts === null || counts.passed + counts.failed === 0) return { passed: counts?.passed ?? 0, failed: 1 };
  // A crash after the results (or outside of a test) is a failure too.
  return code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

let running: ReturnType<typeof spawn> | undefined;

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gradwatch-results-'));
  const total: Counts = { passed: 0, failed: 0 };
  const toRepeat: string[] = [];
  try {
    for (const suite of suites) {
      const started = Date.now();
      console.log(`\n=== ${suite.name}`);
      const counts = await runSuite(suite, path.join(folder, `${suite.name}.json`));
      total.passed += counts.passed;
      total.failed += counts.failed;
      if (counts.failed > 0) toRepeat.push(suite.command);
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      console.log(`=== ${suite.name}: ${counts.passed} passed, ${counts.failed} failed (${seconds} s)`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (toRepeat.length > 0) console.log(`\nFailed; to see them again:\n${toRepeat.map((command) => `  ${command}`).join('\n')}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    running?.kill(signal);
    process.exit(130);
  });

await main();
