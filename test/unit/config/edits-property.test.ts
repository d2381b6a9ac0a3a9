import fc from 'fast-check';
import { parse, visit } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import type { ConfigEdit, ConfigPath } from '../../../src/config/config-path.js';
import { planTextEdits } from '../../../src/config/edits.js';
import { nodeValue, parseJsonc } from '../../../src/config/jsonc-tree.js';
import { locate } from '../../../src/config/positions.js';
import { applyTextEdits } from '../../../src/config/splice-text.js';

/*
 * Random JSON files with comments, spaces, line ends and trailing commas; random edits. What must hold: the text reads as
 * the edited value, all comments outside what was removed or replaced are there in their order, and nothing outside the
 * text edits has changed.
 */
const seed = 20_240_917;
const runs = 600;

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const keys = fc.constantFrom('a', 'b', 'c', 'units', 'type', 'x y', 'é');
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.integer(), fc.constantFrom('relu', '// no comment', '', ',"'), fc.boolean(), fc.constant(null)),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(keys, tie('json'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const root = fc.dictionary(keys, json, { minKeys: 1, maxKeys: 5, noNullPrototype: true });

/** Choices for what stands between tokens: a stream of numbers. */
const noise = fc.array(fc.nat(99), { minLength: 40, maxLength: 200 });

function write(value: Json, noiseNumbers: readonly number[], eol: string): string {
  let at = 0;
  let comments = 0;
  const next = (): number => noiseNumbers[at++ % noiseNumbers.length] ?? 0;
  const gap = (): string => {
    const n = next();
    if (n < 45) return '';
    if (n < 60) return ' ';
    if (n < 75) return eol + ' '.repeat(next() % 5);
    if (n < 85) return ` /* c${comments++} */ `;
    if (n < 90) return `/* c${comments++}${eol} more */`;
    return ` // c${comments++} , ] }${eol}${'\t'.repeat(next() % 3)}`;
  };
  const list = (open: string, parts: string[], close: string): string => {
    const trailing = parts.length > 0 && next() < 40 ? `${gap()},` : '';
    return open + parts.map((part, i) => (i === 0 ? '' : ',') + gap() + part + gap()).join('') + trailing + gap() + close;
  };
  const render = (v: Json): string => {
    if (Array.isArray(v)) return list('[', v.map(render), ']');
    if (typeof v !== 'object' || v === null) return JSON.stringify(v);
    return list('{', Object.entries(v).map(([key, entry]) => JSON.stringify(key) + gap() + ':' + gap() + render(entry)), '}'); // prettier-ignore
  };
  return gap() + render(value) + gap() + (next() < 50 ? eol : '');
}

function commentsOf(text: string, from = 0, to = text.length): string[] {
  const found: string[] = [];
  const onComment = (offset: number, length: number): void => {
    if (offset >= from && offset < to) found.push(text.slice(offset, offset + length));
  };
  visit(text, { onComment }, { allowTrailingComma: true });
  return found;
}

function allPaths(value: Json, path: ConfigPath = []): ConfigPath[] {
  if (typeof value !== 'object' || value === null) return [path];
  const children = Array.isArray(value) ? value.map((v, i) => [i, v] as const) : Object.entries(value);
  return [path, ...children.flatMap(([key, child]) => allPaths(child, [...path, key]))];
}

/** One edit that can be made, from random numbers. */
function chooseEdit(value: Json, pick: number, kind: number, fresh: Json): ConfigEdit {
  const paths = allPaths(value);
  const path = paths[pick % paths.length] ?? [];
  const target = path.reduce<Json>((v, part) => (v as Record<string | number, Json>)[part] ?? null, value);
  if (Array.isArray(target)) return { path: [...path, kind % (target.length + 1)], value: fresh, insert: true };
  if (typeof target === 'object' && target !== null && kind % 2 === 0) return { path: [...path, 'fresh'], value: fresh };
  if (path.length === 0) return { path: [`new${Object.keys(value as object).length}`, 'deep'], value: fresh };
  return kind % 3 === 0 ? { path, remove: true } : { path, value: fresh };
}

/** The value after the edit, computed on plain objects. */
function applyToValue(value: Json, edit: ConfigEdit): Json {
  const copy = structuredClone(value);
  let parent = copy as Record<string | number, Json>;
  for (const part of edit.path.slice(0, -1)) parent = (parent[part] ??= {}) as Record<string | number, Json>;
  const last = edit.path.at(-1) as string | number;
  if ('remove' in edit) {
    if (Array.isArray(parent)) parent.splice(last as number, 1);
    else delete parent[last];
  } else if (edit.insert === true) (parent as unknown as Json[]).splice(last as number, 0, edit.value as Json);
  else parent[last] = edit.value as Json;
  return copy;
}

const scenario = fc.record({
  value: root,
  noise,
  eol: fc.constantFrom('\n', '\r\n'),
  picks: fc.array(fc.record({ pick: fc.nat(1000), kind: fc.nat(11), fresh: json }), { minLength: 1, maxLength: 4 }),
});

describe('random edits of random files', () => {
  it('read back as the edited value, keep all comments, change nothing else', () => {
    fc.assert(
      fc.property(scenario, ({ value, noise: numbers, eol, picks }) => {
        const text = write(value, numbers, eol);
        let expected: Json = value;
        let current = text;
        for (const { pick, kind, fresh } of picks) {
          const edit = chooseEdit(expected, pick, kind, fresh);
          // Comments inside a removed or replaced value go with it: all others must stay.
          const range = 'remove' in edit || edit.insert !== true ? locate(current, edit.path) : null;
          const dropped = range === null ? [] : commentsOf(current, range.start, range.end);
          const before = commentsOf(current);
          expected = applyToValue(expected, edit);
          const edits = planTextEdits(current, [edit]);
          const after = applyTextEdits(current, edits);
          const errors: never[] = [];
          expect(parse(after, errors, { allowTrailingComma: true })).toEqual(expected);
          expect(errors).toEqual([]);
          const kept = commentsOf(after);
          expect(before.filter((comment) => !dropped.includes(comment))).toEqual(kept.filter((comment) => !dropped.includes(comment)));
          for (const { offset, length } of edits) {
            const [from, to] = [range?.start ?? current.length, range?.end ?? current.length];
            const outside = current.slice(offset, Math.min(offset + length, from)) + current.slice(Math.max(offset, to), offset + length);
            expect(outside).toMatch(/^[\s,]*$/);
          }
          if (eol === '\r\n') expect(/[^\r]\n/.test(after)).toBe(false);
          current = after;
        }
      }),
      { seed, numRuns: runs },
    );
  });

  it('several edits in one go equal the same edits one by one, as edits of the original text', () => {
    fc.assert(
      fc.property(scenario, ({ value, noise: numbers, eol, picks }) => {
        const text = write(value, numbers, eol);
        const edits: ConfigEdit[] = [];
        let expected: Json = value;
        for (const { pick, kind, fresh } of picks) {
          const edit = chooseEdit(expected, pick, kind, fresh);
          edits.push(edit);
          expected = applyToValue(expected, edit);
        }
        const planned = planTextEdits(text, edits);
        const stepwise = edits.reduce((t, edit) => applyTextEdits(t, planTextEdits(t, [edit])), text);
        expect(applyTextEdits(text, planned)).toBe(stepwise);
        expect(planned.every((edit, i) => i === 0 || edit.offset > (planned[i - 1]?.offset ?? 0) + (planned[i - 1]?.length ?? 0))).toBe(
          true,
        );
        const tree = parseJsonc(stepwise);
        expect(tree.root && nodeValue(tree.root)).toEqual(expected);
      }),
      { seed, numRuns: runs },
    );
  });
});
