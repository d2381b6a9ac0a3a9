import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it, test } from 'vitest';
import { CHINESE } from '../../../webview-ui/language/chinese.js';
import { say, setLanguage } from '../../../src/extension/language.js';

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
  const sources = ['parts', 'view', 'charts'].flatMap((folder) => sourcesIn(`webview-ui/${folder}`));

  it('are there in Chinese, with the same places for values', () => {
    const keys = new Set(sources.flatMap((file) => keysOf(file).keys));
    expect(keys.size).toBeGreaterThan(100);
    expect([...keys].filter((key) => CHINESE[key] === undefined)).toEqual([]);
    for (const [key, text] of Object.entries(CHINESE)) expect(holes(text), key).toEqual(holes(key));
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
