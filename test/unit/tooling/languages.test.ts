import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it, test } from 'vitest';
import type { Config } from '../../../src/config/config-schema.js';
import { LOSSES, METRICS } from '../../../src/config/training-schema.js';
import { EVIDENCE } from '../../../src/diagnosis/finding.js';
import type { RunState } from '../../../src/telemetry/events.js';
import { CHINESE } from '../../../webview-ui/language/chinese.js';
import { CHARTS } from '../../../webview-ui/language/chinese/charts.js';
import { NAMES } from '../../../webview-ui/language/chinese/names.js';
import { RAIL } from '../../../webview-ui/language/chinese/rail.js';
import { RUN } from '../../../webview-ui/language/chinese/run.js';
import { RUNS } from '../../../webview-ui/language/chinese/runs.js';
import { sentenceCase } from '../../../webview-ui/scales/format.js';
import { spaced } from '../../../webview-ui/view/run-facts.js';
import { say, setLanguage } from '../../../src/extension/language.js';
import { visibleLiterals } from './visible-literals.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

function dictionary(file: string): Record<string, string> {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Record<string, string>;
}

/** Code spans of Markdown: they name things and stay as they are. */
const codeSpans = (text: string) => (text.match(/`[^`]*`/g) ?? []).sort();

const hasChinese = (text: string | undefined) => /\p{Script=Han}/u.test(text ?? '');

const english = dictionary('package.nls.json');
const chinese = dictionary('package.nls.zh-cn.json');

test('every string of package.json is there in Chinese, and no other', () => {
  expect(Object.keys(chinese)).toEqual(Object.keys(english));
  expect(Object.keys(chinese).filter((key) => !hasChinese(chinese[key]))).toEqual([]);
});

test('what package.json asks for is in the dictionaries, and nothing lies there unused', () => {
  const asked = [...readFileSync(path.join(root, 'package.json'), 'utf8').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key);
  expect([...new Set(asked)].sort()).toEqual(Object.keys(english).sort());
});

test('a translation keeps the names in backquotes', () => {
  for (const [key, text] of Object.entries(english)) expect(codeSpans(chinese[key] ?? ''), key).toEqual(codeSpans(text));
});

/** String literals given to `l10n.t` or `say`, and the calls whose first argument is none. */
function keysOf(file: string): { keys: string[]; unknown: string[] } {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = { keys: [] as string[], unknown: [] as string[] };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(vscode\.l10n\.t|say)$/.test(node.expression.getText())) {
      const [first] = node.arguments;
      if (first !== undefined && ts.isStringLiteral(first)) found.keys.push(first.text);
      else found.unknown.push(`${path.basename(file)}: ${node.getText()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function sourcesIn(folder: string): string[] {
  return readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(root, folder, name));
}

const holes = (text: string | undefined) => [...new Set((text ?? '').match(/\{\d+\}/g))].sort();

describe('the strings of the page', () => {
  const folders = readdirSync(path.join(root, 'webview-ui'), { recursive: true, encoding: 'utf8' });
  const sources = folders
    .filter((name) => name.endsWith('.ts') && !/\.d\.ts$|^language/.test(name))
    .map((name) => path.join(root, 'webview-ui', name));
  const calls = sources.map((file) => keysOf(file));
  const keys = new Set(calls.flatMap((call) => call.keys));

  it('are literals, so that they can be found', () => {
    expect(keys.size).toBeGreaterThan(250);
    expect(calls.flatMap(({ unknown }) => unknown)).toEqual([]);
  });

  it('are there in Chinese, and no other, with the same places for values', () => {
    const translated = { ...RUN, ...CHARTS, ...RAIL, ...RUNS };
    expect([...keys].filter((key) => !(key in CHINESE))).toEqual([]);
    expect(Object.keys(translated).filter((key) => !keys.has(key))).toEqual([]);
    for (const [key, text] of Object.entries(CHINESE)) expect(holes(text), key).toEqual(holes(key));
  });

  it('are in one subject each', () => {
    const subjects = [RUN, CHARTS, RAIL, RUNS, NAMES].flatMap((subject) => Object.keys(subject));
    expect(subjects.filter((key, i) => subjects.indexOf(key) !== i)).toEqual([]);
  });

  it('say names that only a run brings: states, losses, metrics, clipping, evidence of risk', () => {
    const states: Record<RunState, true> = { starting: true, preflight: true, running: true, paused: true, completed: true, diverged: true, stopped: true, failed: true }; // prettier-ignore
    const clips: Record<NonNullable<Config['training']['gradientClip']>['type'], true> = { globalNorm: true, norm: true, value: true, adaptive: true, auto: true }; // prettier-ignore
    const evidence = [EVIDENCE.overshoot, EVIDENCE.level, EVIDENCE.growth, EVIDENCE.sharpness, EVIDENCE.updateRatio, EVIDENCE.promise];
    const names = [...Object.keys(states), ...[...LOSSES, ...METRICS, ...Object.keys(clips)].map(spaced), ...evidence.map(sentenceCase)];
    expect(names.filter((name) => !hasChinese(CHINESE[name]))).toEqual([]);
  });

  it('all go through the language: no text that a reader sees or hears stands alone', () => {
    expect(sources.flatMap((file) => visibleLiterals(file)).sort()).toEqual([...NOT_FOR_READERS].sort());
  });
});

/** Two words in a row that nobody reads: columns of files, which programs look for, keys of evidence, classes. */
const NOT_FOR_READERS = [
  'colour-scheme.ts: vscode-high-contrast-light vscode-high-contrast',
  'chart-data.ts: learning rate',
  'chart-data.ts: gradient norm',
  'chart-data.ts: after clipping',
  'verdict.ts: largest column',
];

describe('the search for texts that bypass the language', () => {
  it.each([
    ['text of a template', 'html`<p>No run ${x} yet</p>`', ['No run   yet']],
    ['one word of a template', 'html`<b>${n}</b> rows`', ['rows']],
    ['what is read out', 'html`<i title="Close it" aria-label=${x}></i>`', ['Close it']],
    ['a sentence in a value', 'const note = `near ${step} of the run`;', ['near {} of the run']],
    ['a sentence in a call', 'say("{0}", "No data yet")', []],
    ['a sentence computed inside a call', 'say("{0}", join("No data yet"))', ['No data yet']],
    ['what goes through the language', 'html`<p class="big note">${say("No run yet")}</p>`', []],
    ['selectors and classes', 'root.querySelector(".a button, .b input"); html`<p class="x ${on ? "big blue" : ""}"></p>`', []],
  ])('%s', (_, code, expected) => {
    expect(visibleLiterals('x.ts', code).map((text) => text.replace('x.ts: ', ''))).toEqual(expected);
  });
});

describe('the strings of the extension', () => {
  const calls = sourcesIn('src/extension').map(keysOf);
  const bundle = dictionary('l10n/bundle.l10n.zh-cn.json');

  // The one place where a caller's text is handed on binds `say` to `vscode.l10n.t`.
  it('are literals, so that they can be found', () => {
    expect(calls.flatMap(({ unknown }) => unknown)).toEqual(['extension.ts: vscode.l10n.t(english, ...values)']);
  });

  it('are there in Chinese, and no other', () => {
    const keys = [...new Set(calls.flatMap((call) => call.keys))];
    expect(keys.length).toBeGreaterThan(100);
    expect(Object.keys(bundle).sort()).toEqual(keys.sort());
    expect(Object.keys(bundle).filter((key) => !hasChinese(bundle[key]))).toEqual([]);
  });

  it('have the same places for values in Chinese', () => {
    for (const [key, text] of Object.entries(bundle)) expect(holes(text), key).toEqual(holes(key));
  });

  it('are English with their values until a language is set, and then what that says', () => {
    expect(say('{0}: {1} of {0}', 'a', 2)).toBe('a: 2 of a');
    setLanguage((english, ...values) => `${bundle[english]} ${values.join()}`);
    expect(say('the loss is no number')).toBe('损失不是数值 ');
  });
});
