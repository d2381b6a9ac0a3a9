import { describe, expect, it } from 'vitest';
import { faultOf, prepareText, rowsOf } from './prepare.js';

describe('json and jsonl', () => {
  const rows = [
    { a: 1, c: 'u', y: 1 },
    { c: 'v', y: 2, a: 2.5 },
    { a: '3', c: 'u', y: 3, b: true },
  ];

  it.each([
    ['a.json', JSON.stringify(rows)],
    ['a.jsonl', rows.map((row) => JSON.stringify(row)).join('\r\n\n')],
  ])('reads %s, whatever the order of the keys', async (name, text) => {
    const data = await prepareText(name, text, { features: ['a', 'c'] });
    expect(data.features.map((f) => f.name)).toEqual(['a', 'c=u', 'c=v']);
    expect(rowsOf(data.train.inputs, 3)).toEqual([
      [1, 1, 0],
      [2.5, 0, 1],
      [3, 1, 0],
    ]);
  });

  it('takes a key that an object lacks, and null, for missing', async () => {
    const text = '{"a":1,"y":1}\n{"y":2}\n{"a":null,"y":3}\n{"a":4,"y":4}\n';
    expect([...(await prepareText('a.jsonl', text, { missing: 'drop' })).train.targets]).toEqual([1, 4]);
    expect(await faultOf(prepareText('a.jsonl', text))).toMatchObject({ line: 2, file: 'a.jsonl' });
  });

  it.each([
    ['a.json', '[{"a":1,"y":2},\n{"a":1,,"y":2}]', /Line 2 .* not valid JSON/, 2],
    ['a.json', '[{"a":1,"y":2}', /not valid JSON/, 1],
    ['a.json', '{"a":[1],"y":[2]}', /not an array of objects/, undefined],
    ['a.json', '[]', /no rows/, undefined],
    ['a.json', '[{"a":1,"y":2},[1,2]]', /row 2 is not an object/, undefined],
    ['a.json', '[{"a":[1],"y":2}]', /row 1 has nested values in "a"/, undefined],
    ['a.json', '[{"a":1e400,"y":2}]', /"a" has Infinity, in row 1/, undefined],
    ['a.jsonl', '{"a":1,"y":2}\n{"a":1,"y":', /Line 2 .* not valid JSON/, 2],
    ['a.jsonl', '\n\n[1,2]\n', /line 3 is not an object/, 3],
    ['a.jsonl', '\n', /no rows/, undefined],
  ])('refuses %s: %s', async (name, text, message, line) => {
    const fault = await faultOf(prepareText(name, text));
    expect(fault).toMatchObject({ code: 'data-invalid', file: name, line });
    expect(fault.message).toMatch(message);
  });
});
