import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/config/app-error.js';
import { applyConfigEdits, planTextEdits, previewEdits, textEdits } from '../../../src/config/edits.js';
import type { ConfigEdit } from '../../../src/config/config-path.js';
import { applyTextEdits } from '../../../src/config/splice-text.js';

const config = `{
  // where the data comes from
  "data": {
    "generator": { "name": "circles", "samples": 100 }, // two rings
  },
  "model": {
    "layers": [ // from input to output
      { "type": "dense", "units": 8, "activation": "relu" },
      // the output
      { "type": "dense", "units": 1 } // no activation
    ]
  },
  "training": {
    "loss": "meanSquaredError", /* regression */
    "optimizer": { "type": "sgd", "learningRate": 0.1 /* hasty */ },
    "epochs": 5
  }
}
`;

const edit = (text: string, ...edits: ConfigEdit[]): string => applyTextEdits(text, planTextEdits(text, edits));

describe('applyConfigEdits', () => {
  it('sets a value and leaves every other byte', () => {
    const edits: ConfigEdit[] = [{ path: ['training', 'optimizer', 'learningRate'], value: 0.001 }];
    expect(applyConfigEdits(config, edits)).toBe(config.replace('0.1 /* hasty', '0.001 /* hasty'));
    expect(textEdits(config, edits)).toEqual([{ offset: config.indexOf('0.1'), length: 3, content: '0.001' }]);
  });

  it('adds a key behind the last one, in the style of the file', () => {
    const after = applyConfigEdits(config, [{ path: ['training', 'gradientClip'], value: { type: 'globalNorm', threshold: 1 } }]);
    expect(after).toBe(config.replace('"epochs": 5\n', '"epochs": 5,\n    "gradientClip": { "type": "globalNorm", "threshold": 1 }\n'));
  });

  it('keeps a trailing comma and the comment behind it', () => {
    const after = applyConfigEdits(config, [{ path: ['data', 'scale'], value: 'standard' }]);
    expect(after).toBe(config.replace('// two rings\n', '// two rings\n    "scale": "standard",\n'));
  });

  it('keeps the comment of the last entry with that entry', () => {
    const after = applyConfigEdits(config, [{ path: ['model', 'layers', 2], value: { type: 'dropout', rate: 0.5 } }]);
    expect(after).toContain('{ "type": "dense", "units": 1 }, // no activation\n      { "type": "dropout", "rate": 0.5 }\n    ]');
  });

  it('inserts layers at the front, in the middle and at the end', () => {
    const layer = { type: 'dropout', rate: 0.5 };
    const at = (index: number): string => applyConfigEdits(config, [{ path: ['model', 'layers', index], value: layer, insert: true }]);
    expect(at(0)).toContain('// from input to output\n      { "type": "dropout", "rate": 0.5 },\n      { "type": "dense", "units": 8');
    expect(at(1)).toContain('"relu" },\n      { "type": "dropout", "rate": 0.5 },\n      // the output\n');
    expect(at(2)).toContain('// no activation\n      { "type": "dropout", "rate": 0.5 }\n    ]');
    expect(() => at(3)).toThrow(/the list has 2 entries/);
  });

  it('makes several edits in one go, later paths meaning the result of the earlier ones', () => {
    const after = applyConfigEdits(config, [
      { path: ['model', 'layers', 1], value: { type: 'dropout', rate: 0.5 }, insert: true },
      { path: ['model', 'layers', 2, 'activation'], value: 'sigmoid' },
      { path: ['training', 'loss'], value: 'binaryCrossentropy' },
      { path: ['training', 'epochs'], remove: true },
    ]);
    expect(after).toContain('{ "type": "dense", "units": 1, "activation": "sigmoid" } // no activation');
    expect(after).toContain('"loss": "binaryCrossentropy", /* regression */');
    expect(after).toContain('"learningRate": 0.1 /* hasty */ }\n  }\n}\n');
  });

  it('spells a short form out where a key inside it is set', () => {
    const after = applyConfigEdits(config, [{ path: ['training', 'loss', 'fromLogits'], value: false }]);
    expect(after).toContain('"loss": { "type": "meanSquaredError", "fromLogits": false }, /* regression */');
    expect(applyConfigEdits(config, [{ path: ['training', 'loss', 'type'], value: 'huber' }])).toContain('"loss": "huber",');
  });

  it('creates the objects on the way', () => {
    const after = applyConfigEdits(config, [{ path: ['watch', 'detectors', 'plateau'], value: 'off' }]);
    expect(after).toContain('  },\n  "watch": { "detectors": { "plateau": "off" } }\n}\n');
  });

  it('changes single keys where an object replaces an object', () => {
    const after = applyConfigEdits(config, [{ path: ['training', 'optimizer'], value: { type: 'adam', learningRate: 0.1, beta1: 0.8 } }]);
    expect(after).toContain('"optimizer": { "type": "adam", "learningRate": 0.1 /* hasty */, "beta1": 0.8 }');
    expect(applyConfigEdits(config, [{ path: ['training', 'optimizer'], value: { type: 'adam' } }])).toContain(
      '"optimizer": { "type": "adam" /* hasty */ }',
    );
  });

  it('keeps Windows line ends, tabs and a byte order mark', () => {
    const windows = `\uFEFF${config.replaceAll('\n', '\r\n').replaceAll('  ', '\t')}`;
    const after = applyConfigEdits(windows, [{ path: ['training', 'seed'], value: 7 }]);
    expect(after).toBe(windows.replace('"epochs": 5', '"epochs": 5,\r\n\t\t"seed": 7'));
  });

  it('writes objects over several lines where the file does', () => {
    const expanded = JSON.stringify(JSON.parse(config.replaceAll(/\/\/.*|\/\*.*?\*\//g, '').replace(/,(\s*})/g, '$1')), null, 4);
    const after = applyConfigEdits(expanded, [{ path: ['training', 'gradientClip'], value: { type: 'norm', threshold: 2 } }]);
    const value = JSON.parse(expanded) as { training: object };
    expect(after).toBe(
      JSON.stringify({ ...value, training: { ...value.training, gradientClip: { type: 'norm', threshold: 2 } } }, null, 4),
    );
  });

  it('refuses edits that would make the config invalid, and says why', () => {
    const refused = (...edits: ConfigEdit[]): AppError => {
      try {
        textEdits(config, edits);
      } catch (error) {
        if (AppError.is(error)) return error;
      }
      throw new Error('not refused');
    };
    expect(refused({ path: ['training', 'optimizer'], remove: true })).toMatchObject({ code: 'config-invalid' });
    expect(refused({ path: ['training', 'optimizer'], remove: true }).message).toContain('training has no "optimizer"');
    expect(refused({ path: ['training', 'epochs'], value: 0 }).message).toContain('training.epochs is 0');
    expect(refused({ path: ['training', 'epochs', 'x'], value: 0 }).message).toContain('cannot be put into a plain value');
    expect(refused({ path: [], remove: true }).message).toContain('cannot be removed');
    expect(() => textEdits('{ "data": ', [])).toThrow(AppError);
  });

  it('does nothing where nothing changes', () => {
    expect(textEdits(config, [{ path: ['training', 'epochs'], value: 5 }])).toEqual([]);
    expect(textEdits(config, [{ path: ['training', 'seed'], remove: true }])).toEqual([]);
  });
});

describe('planTextEdits', () => {
  it.each([
    ['{ "a": 1, }', { path: ['a'], remove: true }, '{}'],
    ['{ "a": 1, "b": 2 }', { path: ['a'], remove: true }, '{ "b": 2 }'],
    ['{ "a": 1, "b": 2 }', { path: ['b'], remove: true }, '{ "a": 1 }'],
    ['{ "a": 1, "b": 2, }', { path: ['b'], remove: true }, '{ "a": 1, }'],
    ['{\n  "a": 1, // one\n  "b": 2 // two\n}', { path: ['b'], remove: true }, '{\n  "a": 1 // one\n  // two\n}'],
    ['{\n  "a": 1, // one\n  "b": 2,\n}', { path: ['a'], remove: true }, '{\n  // one\n  "b": 2,\n}'],
    ['{\n  "a": [\n    1,\n    2\n  ]\n}', { path: ['a', 1], remove: true }, '{\n  "a": [\n    1\n  ]\n}'],
    ['{\n  "a": [\n    1,\n    2\n  ]\n}', { path: ['a', 0], remove: true }, '{\n  "a": [\n    2\n  ]\n}'],
    ['[1, 2]', { path: [1], value: 9, insert: true }, '[1, 9, 2]'],
    ['[1, 2]', { path: [0], value: 9, insert: true }, '[9, 1, 2]'],
    ['[1, 2,]', { path: [2], value: 9, insert: true }, '[1, 2, 9,]'],
    ['[]', { path: [0], value: 9, insert: true }, '[9]'],
    ['{}', { path: ['a', 'b'], value: [1] }, '{ "a": { "b": [1] } }'],
    ['{ // none\n}', { path: ['a'], value: 1 }, '{ // none\n  "a": 1\n}'],
    ['{ /* none */ }', { path: ['a'], value: 1 }, '{ /* none */ "a": 1 }'],
    ['{\n  "a": 1 // one\n  // end\n}', { path: ['b'], value: 2 }, '{\n  "a": 1, // one\n  "b": 2\n  // end\n}'],
  ] as [string, ConfigEdit, string][])('%j with %j', (before, change, after) => {
    expect(edit(before, change)).toBe(after);
  });
});

describe('previewEdits', () => {
  it('shows removed and added lines with their numbers and the lines around', () => {
    const preview = previewEdits(config, [
      { path: ['training', 'optimizer', 'learningRate'], value: 0.01 },
      { path: ['training', 'seed'], value: 1 },
    ]);
    expect(preview.map(({ kind, line, text }) => `${kind} ${line} ${text.trim()}`)).toEqual([
      'context 13 "training": {',
      'context 14 "loss": "meanSquaredError", /* regression */',
      'remove 15 "optimizer": { "type": "sgd", "learningRate": 0.1 /* hasty */ },',
      'remove 16 "epochs": 5',
      'add 15 "optimizer": { "type": "sgd", "learningRate": 0.01 /* hasty */ },',
      'add 16 "epochs": 5,',
      'add 17 "seed": 1',
      'context 17 }',
      'context 18 }',
    ]);
  });

  it('shows nothing where nothing changes', () => {
    expect(previewEdits(config, [])).toEqual([]);
  });
});
