// Runs inside the extension host: all bundled test files beside it in one mocha. Bundled to out/integration/index.js (CommonJS).
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

const TEST_LIMIT_MS = 60_000;

/** VS Code calls it; a rejection makes the run fail. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: TEST_LIMIT_MS, slow: TEST_LIMIT_MS, color: false, reporter: 'spec' });
  const wanted = process.env['GRADWATCH_TEST_GREP'];
  if (wanted !== undefined && wanted !== '') mocha.grep(wanted);
  for (const file of readdirSync(__dirname).sort()) if (file.endsWith('.test.js')) mocha.addFile(path.join(__dirname, file));
  const counts = { passed: 0, failed: 0, pending: 0 };
  await new Promise<void>((resolve) => {
    mocha
      .run(() => resolve())
      .on('pass', () => counts.passed++)
      .on('fail', () => counts.failed++)
      .on('pending', () => counts.pending++);
  });
  const results = process.env['GRADWATCH_TEST_RESULTS'];
  if (results !== undefined) writeFileSync(results, JSON.stringify({ passed: counts.passed, failed: counts.failed + counts.pending }));
  // A test that does not run proves nothing: it counts as failed.
  if (counts.failed + counts.pending > 0) throw new Error(`${counts.failed} failed, ${counts.pending} did not run`);
  if (counts.passed === 0) throw new Error('No test ran.');
}
