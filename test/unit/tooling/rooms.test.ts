import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Each rule of .dependency-cruiser.mjs with a file that breaks it and the import that does. */
const forbidden: [rule: string, file: string, imported: string][] = [
  ['config-knows-nobody', 'src/config/a.ts', '../telemetry/ok.js'],
  ['telemetry-knows-nobody', 'src/telemetry/a.ts', '../config/ok.js'],
  ['diagnosis-arrows', 'src/diagnosis/a.ts', '../fixes/ok.js'],
  ['fixes-arrows', 'src/fixes/a.ts', '../training/ok.js'],
  ['training-arrows', 'src/training/a.ts', '../extension/ok.js'],
  ['extension-arrows', 'src/extension/a.ts', '../training/ok.js'],
  ['webview-arrows', 'webview-ui/a.ts', '../src/extension/ok.js'],
  ['tensorflow-only-in-training', 'src/extension/b.ts', '@tensorflow/tfjs-core'],
  ['vscode-only-in-extension', 'src/training/b.ts', 'vscode'],
  ['pure-rooms-do-no-io', 'webview-ui/b.ts', 'node:fs'],
  ['page-libraries-only-in-webview', 'src/extension/c.ts', 'lit'],
  ['no-test-code-in-product', 'src/training/c.ts', 'fast-check'],
  ['no-circular', 'src/config/b.ts', './c.js'],
  ['resolvable', 'src/config/d.ts', './nowhere.js'],
];

/** Arrows that are allowed, and must stay so. */
const allowed: [file: string, imported: string][] = [
  ['src/diagnosis/ok2.ts', '../telemetry/ok.js'],
  ['src/fixes/ok2.ts', '../diagnosis/ok.js'],
  ['src/training/ok2.ts', '../fixes/ok.js'],
  ['src/training/ok3.ts', '@tensorflow/tfjs-core'],
  ['src/extension/ok2.ts', '../config/ok.js'],
  ['src/extension/ok3.ts', 'vscode'],
  ['webview-ui/ok2.ts', '../src/telemetry/ok.js'],
  ['webview-ui/ok3.ts', 'lit'],
];

let house: string;
let violations: string[];

function place(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(house, file)), { recursive: true });
  writeFileSync(path.join(house, file), text);
}

beforeAll(() => {
  house = mkdtempSync(path.join(os.tmpdir(), 'gradwatch-rooms-'));
  for (const room of ['config', 'telemetry', 'diagnosis', 'fixes', 'training', 'extension'])
    place(`src/${room}/ok.ts`, 'export const ok = 1;\n');
  for (const [file, imported] of [...forbidden.map(([, ...rest]) => rest), ...allowed]) place(file, `import '${imported}';\nexport {};\n`);
  place('src/config/c.ts', `import './b.js';\nexport {};\n`);
  place('tsconfig.json', '{ "compilerOptions": { "module": "ESNext", "moduleResolution": "Bundler" } }');
  place('package.json', '{ "dependencies": { "lit": "*", "@tensorflow/tfjs-core": "*" }, "devDependencies": { "fast-check": "*" } }');
  symlinkSync(path.join(root, 'node_modules'), path.join(house, 'node_modules'), 'junction');
  const cruise = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [cruise, '--config', path.join(root, '.dependency-cruiser.mjs'), '--output-type', 'json', 'src', 'webview-ui'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: house, encoding: 'utf8', maxBuffer: 1e8 });
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  violations = report.summary.violations.map(({ from, rule }) => `${rule.name}: ${from}`);
});

afterAll(() => rmSync(house, { recursive: true, force: true }));

test.each(forbidden)('%s is enforced: %s may not import %s', (rule, file) => {
  expect(violations).toContain(`${rule}: ${file}`);
});

test.each(allowed)('%s may import %s', (file) => {
  expect(violations.filter((violation) => violation.endsWith(`: ${file}`))).toEqual([]);
});
