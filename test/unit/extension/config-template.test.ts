import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../../src/extension/config-check.js';
import { configTemplate, headerColumns } from '../../../src/extension/config-template.js';

describe('configTemplate', () => {
  it.each([null, { file: 'my "data".csv', columns: ['a', 'price'] }, { file: 'empty.csv', columns: [] }])(
    'is a config without a finding: %j',
    (data) => {
      expect(checkConfig(configTemplate(data), 'gradwatch.json')).toMatchObject({ valid: true, findings: [] });
    },
  );

  it('predicts the last column', () => {
    expect(configTemplate({ file: 'x.csv', columns: ['a', 'price'] })).toContain('"target": "price"');
  });
});

describe('headerColumns', () => {
  it('reads quoted names and a byte order mark', () => {
    expect(headerColumns('\uFEFFa, "b ""c""",d', ',')).toEqual(['a', 'b "c"', 'd']);
    expect(headerColumns('a\tb', '\t')).toEqual(['a', 'b']);
  });
});
