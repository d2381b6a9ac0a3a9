import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';

const rules = (css: string) =>
  new Map(
    [...css.matchAll(/\.codicon-([a-z0-9-]+)::?before\s*\{\s*content:\s*["'](\\[0-9a-f]+)["']/g)].map(([, name, code]) => [name, code]),
  );
const ours = rules(readFileSync('webview-ui/styles/codicons.css', 'utf8'));
const theirs = rules(readFileSync(createRequire(import.meta.url).resolve('@vscode/codicons/dist/codicon.css'), 'utf8'));

/** Names of icons that the page's sources write out: in calls, in tables of icons and tones, in classes. */
function namedInSources(): string[] {
  const files = readdirSync('webview-ui', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const sources = files.map((file) => readFileSync(`webview-ui/${file}`, 'utf8')).join('\n');
  const patterns = [
    /\b(?:icon|iconButton)\(\s*'([a-z-]+)'/g,
    /\bicon: '([a-z-]+)'/g,
    /codicon-([a-z-]*[a-z])/g,
    /\['([a-z-]+)', '(?:ok|error|dim|warning|neutral)'\]/g,
  ];
  const names = patterns.flatMap((pattern) => [...sources.matchAll(pattern)].map(([, name]) => name ?? ''));
  return [...new Set(names)].filter((name) => theirs.has(name));
}

it('the icons of the page are those of the package', () => {
  expect(ours.size).toBeGreaterThan(20);
  for (const [name, code] of ours) expect([name, code]).toEqual([name, theirs.get(name)]);
});

it('every icon that the page names is there', () => {
  const named = namedInSources();
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((name) => !ours.has(name))).toEqual([]);
});
