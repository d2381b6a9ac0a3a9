// npm run test:integration: bundles test/integration and runs it inside the extension host of a real VS Code.
//   --grep TEXT     only the tests whose name contains it
//   --results FILE  writes { "passed": n, "failed": n }
import { build } from 'esbuild';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { editorToTest } from './editor.js';
import { runHostTests } from './host-tests.js';

const { values } = parseArgs({ options: { grep: { type: 'string', default: '' }, results: { type: 'string' } } });
const LIMIT_MS = 300_000;
const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '');
const bundled = path.join(root, 'out/integration');

async function bundleTests(): Promise<void> {
  const files = (await readdir(path.join(root, 'test/integration'), { recursive: true })).filter((name) => name.endsWith('.test.ts'));
  if (files.length === 0) throw new Error('There is no test in test/integration.');
  await rm(bundled, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'test/harness/host-test-runner.ts', out: 'index' },
      ...files.map((file) => ({ in: path.join('test/integration', file), out: file.replace(/\.ts$/, '').replace(/[\\/]/g, '-') })),
    ],
    outdir: bundled,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

/** A copy of the examples, which tests may change. */
async function workspaceIn(folder: string): Promise<string> {
  const workspace = path.join(folder, 'workspace');
  await mkdir(workspace);
  await cp(path.join(root, 'examples'), workspace, { recursive: true });
  return workspace;
}

async function main(): Promise<number> {
  await bundleTests();
  const editor = await editorToTest();
  console.log(
    `Editor: ${editor.kind === 'browser' ? `browser VS Code ${editor.editor.version}` : 'desktop VS Code'}, because ${editor.why}.`,
  );
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gradwatch-integration-'));
  try {
    const results = path.join(folder, 'results.json');
    const code = await runHostTests(editor, {
      extension: root,
      tests: path.join(bundled, 'index.js'),
      workspace: await workspaceIn(folder),
      folder,
      env: { GRADWATCH_TEST_RESULTS: results, GRADWATCH_TEST_GREP: values.grep },
      limitMs: LIMIT_MS,
    });
    const counts = await readFile(results, 'utf8').catch(() => undefined);
    if (counts !== undefined && values.results !== undefined) await writeFile(values.results, counts);
    return code;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
