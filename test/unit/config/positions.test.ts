import { describe, expect, it } from 'vitest';
import { locate } from '../../../src/config/positions.js';

const text = '{\n  // comment\n  "a": {\r\n    "b": [1, { "c": "é😀" }],\n  },\n}\n';
const shown = (path: (string | number)[], nearest = false): string | null => {
  const range = locate(text, path, { nearest });
  return range === null ? null : `${range.line}:${range.column}-${range.endLine}:${range.endColumn} ${text.slice(range.start, range.end)}`;
};

describe('locate', () => {
  it('finds key with value, entries of lists, and the root', () => {
    expect(shown(['a', 'b', 1, 'c'])).toBe('4:16-4:26 "c": "é😀"');
    expect(shown(['a', 'b', 0])).toBe('4:11-4:12 1');
    expect(shown([])).toMatch(/^1:1-6:2 \{/);
    expect(shown(['a'])).toMatch(/^3:3-5:4 "a": \{/);
  });

  it('tells key and value apart', () => {
    const range = locate(text, ['a', 'b']);
    expect(range?.key && text.slice(range.key.start, range.key.end)).toBe('"b"');
    expect(range && text.slice(range.value.start, range.value.end)).toBe('[1, { "c": "é😀" }]');
    expect(range?.value).toMatchObject({ line: 4, column: 10, endLine: 4 });
    expect(locate(text, [])?.key).toBeNull();
  });

  it('is null where a path does not exist, or gives its nearest ancestor', () => {
    expect(shown(['a', 'x', 'y'])).toBeNull();
    expect(shown(['a', 'b', 7])).toBeNull();
    expect(shown(['a', 'b', 7], true)).toMatch(/^4:5-4:29 "b"/);
    expect(locate(text, ['z'], { nearest: true })?.path).toEqual([]);
    expect(locate('', ['z'], { nearest: true })).toBeNull();
  });

  it('works on text that is not finished, and behind a byte order mark', () => {
    expect(locate('{ "a": 1, "b": ', ['a'])).toMatchObject({ start: 2, end: 8, line: 1, column: 3 });
    expect(locate('\uFEFF{ "a": 1 }', ['a'])).toMatchObject({ start: 3, column: 3 });
  });
});
