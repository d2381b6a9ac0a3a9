import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

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
