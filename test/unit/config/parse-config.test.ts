import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/config/app-error.js';
import { loadConfig, parseConfig } from '../../../src/config/parse-config.js';

const parts = {
  data: '{ "generator": { "name": "circles" } }',
  model: '{ "layers": [{ "type": "dense", "units": 1 }] }',
  training: '{ "loss": "meanSquaredError", "optimizer": { "type": "sgd" } }',
};

/** A config with one part on each line: data on line 2, model on 3, training on 4, more from 5. */
function text(changes: Partial<typeof parts> = {}, more: string[] = []): string {
  const all = { ...parts, ...changes };
  const lines = [`"data": ${all.data}`, `"model": ${all.model}`, `"training": ${all.training}`, ...more];
  return `{\n${lines.join(',\n')}\n}\n`;
}

/** "line:column message action" of every error. */
function errorsOf(config: string): string[] {
  const parsed = parseConfig(config, 'x.json');
  return (parsed.errors ?? []).map((error) => error.format().replace('x.json:', ''));
}

const dense = (rest: string): string => `{ "layers": [{ "type": "dense", ${rest} }] }`;
const training = (rest: string): string => `{ "loss": "meanSquaredError", "optimizer": { "type": "sgd" }, ${rest} }`;

describe('parseConfig', () => {
  it('fills in the defaults and finds places', () => {
    const parsed = parseConfig(`\uFEFF// a comment\n${text({}, ['"watch": { "every": 5, }'])}`, 'x.json');
    expect(parsed.errors).toBeUndefined();
    expect(parsed.config?.training).toMatchObject({ epochs: 10, batchSize: 32, seed: 42, loss: { fromLogits: false } });
    expect(parsed.config?.watch).toEqual({ every: 5, telemetryBudget: 0.03, onTrouble: 'pause', detectors: {} });
    expect(parsed.document?.locate(['training', 'optimizer', 'learningRate'])).toMatchObject({
      path: ['training', 'optimizer'],
      line: 5,
    });
  });

  it('reads every example', () => {
    const folders = readdirSync('examples', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const files = folders.flatMap(({ name }) =>
      readdirSync(path.join('examples', name))
        .filter((file) => /gradwatch\.jsonc?$/.test(file))
        .map((file) => path.join('examples', name, file)),
    );
    expect(files.length).toBeGreaterThanOrEqual(4);
    for (const file of files) expect(errorsOf(readFileSync(file, 'utf8')), file).toEqual([]);
  });

  it.each([
    [
      'an unknown key',
      { model: dense('"units": 1, "activatoin": "relu"') },
      '3:54 Unknown key "activatoin" in model.layers[0]. Did you mean "activation"?',
    ],
    [
      'a key of another spelling',
      { training: training('"batch_size": 8') },
      '4:75 Unknown key "batch_size" in training. Did you mean "batchSize"?',
    ],
    [
      'a key far from all',
      { data: '{ "generator": { "name": "xor" }, "qqq": 1 }' },
      /^2:43 Unknown key "qqq" in data\. The nearest known key is "\w+"; known are file, generator/,
    ],
    [
      'a key of another place',
      { training: training('"learningRate": 1') },
      /^4:75 Unknown key "learningRate" in training\. Move it to training\.optimizer/,
    ],
    [
      'an unknown layer type',
      { model: '{ "layers": [{ "type": "Dens" }] }' },
      '3:33 model.layers[0].type cannot be "Dens". Did you mean "dense"?',
    ],
    [
      'an unknown loss',
      { training: '{ "loss": "mse", "optimizer": { "type": "sgd" } }' },
      /^4:23 training\.loss cannot be "mse"\. Did you mean "meanSquaredError"\?/,
    ],
    [
      'an unknown value in a union',
      { model: dense('"units": 1, "kernelInitializer": "heNorma"') },
      /kernelInitializer cannot be "heNorma"\. Did you mean "heNormal"\?/,
    ],
    [
      'a wrong argument of an initialiser',
      { model: dense('"units": 1, "kernelInitializer": { "type": "heNormal", "std": 1 }') },
      /Unknown key "std" in model\.layers\[0\]\.kernelInitializer\. Did you mean "seed"\?|nearest known key/,
    ],
    [
      'a missing key',
      { model: '{ "layers": [{ "type": "dense" }] }' },
      '3:23 model.layers[0] has no "units", which it needs. Add "units" with the number of outputs of the layer.',
    ],
    [
      'a missing type',
      { model: '{ "layers": [{ "units": 1 }] }' },
      /^3:23 model\.layers\[0\] has no "type", which it needs\. Add "type" with one of dense, /,
    ],
    [
      'a name instead of an object',
      { training: '{ "loss": "huber", "optimizer": "adam" }' },
      '4:45 training.optimizer must be an object, but here is the text "adam". Write an object: { "type": "adam" }.',
    ],
    [
      'text instead of a number',
      { training: training('"epochs": "ten"') },
      '4:85 training.epochs must be a number, but here is the text "ten". Write a number.',
    ],
    [
      'a number instead of text or list',
      { data: '{ "file": "a.csv", "target": 3 }' },
      '2:38 data.target must be text or a list or an object, but here is 3. Write text or a list or an object.',
    ],
    [
      'a fraction of a unit',
      { model: dense('"units": 1.5') },
      '3:51 model.layers[0].units must be a whole number, but here is 1.5. Write a whole number.',
    ],
    [
      'a null',
      { training: training('"epochs": null') },
      '4:85 training.epochs must be a number, but here is null. Write a number, or remove the key.',
    ],
    [
      'zero epochs',
      { training: training('"epochs": 0') },
      '4:85 training.epochs is 0, but must be greater than 0. Write a number greater than 0.',
    ],
    ['a huge count', { model: dense('"units": 1e300') }, /^3:51 model\.layers\[0\]\.units is 1e\+300, but must be at most/],
    [
      'a number beyond doubles',
      { training: training('"epochs": 1e999') },
      '4:85 training.epochs is a number too large to represent. Write a number below 1.8e308.',
    ],
    [
      'a number beyond floats',
      { training: '{ "loss": "huber", "optimizer": { "type": "sgd", "learningRate": 1e300 } }' },
      /^4:78 training\.optimizer\.learningRate is 1e\+300, which does not fit/,
    ],
    [
      'an object in the rows',
      { data: '{ "inline": { "x": [[{}]], "y": [1] } }' },
      /^2:30 data\.inline\.x\[0\]\[0\] must be a number or text/,
    ],
    [
      'a short list',
      { model: '{ "layers": [{ "type": "conv2d", "filters": 1, "kernelSize": [3] }] }' },
      /kernelSize needs at least 2 entries, but has 1/,
    ],
    ['no source', { data: '{}' }, '2:1 data names no source. Give exactly one of "file", "generator", "inline" or "module".'],
    [
      'two sources',
      { data: '{ "file": "a.csv", "module": "b.mjs" }' },
      /^2:28 data has "file" and "module", but can have only one source\./,
    ],
    ['an empty name', { data: '{ "file": "" }' }, '2:19 data.file is empty text. Write a name, or remove the key.'],
    [
      'coefficients of another number',
      { data: '{ "generator": { "name": "uniform", "features": 2, "coefficients": [1] } }' },
      /^2:76 data\.generator\.coefficients has length 1, but "features" is 2\./,
    ],
    [
      'a range backwards',
      { data: '{ "generator": { "name": "linear", "from": 2, "to": 1 } }' },
      /^2:52 data\.generator\.from is 2, which is above "to", 1/,
    ],
    [
      'more rows than memory',
      { data: '{ "generator": { "name": "moons", "samples": 1e15 } }' },
      /^2:11 data\.generator would make 2\.0e\+15 values/,
    ],
    ['rows without targets', { data: '{ "inline": { "x": [1, 2], "y": [1] } }' }, /^2:11 data\.inline has 2 rows in "x" but 1 in "y"/],
    ['a file of no known kind', { data: '{ "file": "a.xlsx" }' }, /^2:19 data\.file is of no known kind: "a\.xlsx"/],
    [
      'array names for a table',
      { data: '{ "file": "a.csv", "target": { "x": "a", "y": "b" } }' },
      /^2:38 data\.target names the arrays of an \.npz file/,
    ],
    [
      'two layers of one name',
      { model: '{ "layers": [{ "type": "flatten", "name": "a" }, { "type": "dense", "units": 1, "name": "a" }] }' },
      /^3:98 model\.layers\[1\] has the name of model\.layers\[0\]/,
    ],
    [
      'strides and dilation',
      { model: '{ "layers": [{ "type": "conv1d", "filters": 1, "kernelSize": 3, "strides": 2, "dilationRate": 2 }] }' },
      /both "strides" and "dilationRate" above 1/,
    ],
    ['axes that are no order', { model: '{ "layers": [{ "type": "permute", "dims": [1, 3] }] }' }, /dims is no order of the axes 1 to 2/],
    [
      'limits backwards',
      { model: dense('"units": 1, "kernelInitializer": { "type": "randomUniform", "minval": 1 }') },
      /"minval" 1 above "maxval" 0\.05/,
    ],
    ['a width beyond memory', { model: dense('"units": 1e12') }, /units is 1000000000000, wider than any memory/],
    [
      'an unknown detector',
      { training: parts.training },
      /^5:27 Unknown key "dead-unit" in watch\.detectors\. Did you mean "dead-units"\?/,
      ['"watch": { "detectors": { "dead-unit": "off" } }'],
    ],
    [
      'an unknown setting of one',
      { training: parts.training },
      /^5:41 watch\.detectors\.plateau cannot be "of"\. Did you mean "off"\?/,
      ['"watch": { "detectors": { "plateau":    "of" } }'],
    ],
    [
      'the wrong layer in a wrapper',
      { model: '{ "layers": [{ "type": "bidirectional", "layer": { "type": "gruu", "units": 1 } }] }' },
      /layer\.type cannot be "gruu"\. Did you mean "gru"\?/,
    ],
  ] as [string, Partial<typeof parts>, string | RegExp, string[]?][])('says what is wrong: %s', (_, changes, expected, more) => {
    const errors = errorsOf(text(changes, more));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toEqual(typeof expected === 'string' ? expected.replace(/^(\d+:\d+) /, '$1: ') : expect.stringMatching(new RegExp(expected.source.replace(/^(\^\d+:\d+) /, '$1: ')))); // prettier-ignore
  });

  it('reports several errors together, in the order of the text, each at its place', () => {
    const parsed = parseConfig(
      text({ data: '{ "generator": { "name": "moon" }, "shufle": true }', model: dense('"unit": 1'), training: training('"epochs": 0') }),
      'x.json',
    );
    const places = parsed.errors?.map(({ code, place }) => [code, place.line, place.column, place.path?.join('.')]);
    expect(places).toEqual([
      ['config-invalid', 2, 34, 'data.generator.name'],
      ['config-invalid', 2, 44, 'data.shufle'],
      ['config-invalid', 3, 23, 'model.layers.0.units'],
      ['config-invalid', 3, 42, 'model.layers.0.unit'],
      ['config-invalid', 4, 85, 'training.epochs'],
    ]);
  });

  it.each([
    ['', '1:1: The config is empty.'],
    [' // nothing\n', '1:1: The config is empty.'],
    ['[]', '1:1: The config must be an object, but here is an empty list.'],
    ['null', '1:1: The config must be an object, but here is null.'],
    ['"x"', '1:1: The config must be an object, but here is the text "x".'],
    ['{\n  "data" {}\n}', '2:10: "{" stands where a colon is expected.'],
    ['{\n  "a": 1\n  "b": 2\n}', '3:3: "b" stands where a comma is expected.'],
    ['{\n  a: 1\n}', '2:3: "a" is no JSON value.'],
    ['{\n  "a": NaN\n}', '2:8: "NaN" is no JSON value.'],
    ['{\n  "a": "x', '2:8: "x" is text that never ends.'],
    ['{ "a": 1', '1:9: The end of the text stands where "}" is expected.'],
    ['{}\n{}', '2:1: "{" follows after the end of the config.'],
    ['[', '1:2: The end of the text'],
    ['['.repeat(100_000), '1:101: The config is nested deeper than 100 levels.'],
    ['{"a":'.repeat(100_000), '1:501: The config is nested deeper than 100 levels.'],
  ])('%j', (config, expected) => {
    expect(errorsOf(config)[0]).toContain(expected);
  });

  it('finds keys that stand twice, and keys that would change objects themselves', () => {
    expect(errorsOf(text({}, ['"data": {}']))).toContainEqual(expect.stringMatching(/^5:1: The key "data" stands twice/));
    expect(errorsOf(text({}, ['"__proto__": { "polluted": true }']))[0]).toMatch(/^5:1: Unknown key "__proto__" in the config/);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('counts lines of every kind of line end, and no byte order mark', () => {
    expect(errorsOf('{"a": 1,\r\n\r"b": 2,\n}').map((e) => /^\d+:\d+/.exec(e)?.[0])).toContain('3:1');
    expect(errorsOf('\uFEFF{ "a": 1 }')).toContainEqual(expect.stringMatching(/^1:3: Unknown key "a"/));
  });
});

describe('loadConfig', () => {
  it('throws the first error and carries the others', () => {
    expect(loadConfig(text(), 'x.json').config.training.epochs).toBe(10);
    let thrown: unknown;
    try {
      loadConfig(text({ data: '{}', model: '{}' }), 'x.json');
    } catch (error) {
      thrown = error;
    }
    expect(AppError.is(thrown, 'config-invalid')).toBe(true);
    expect((thrown as AppError).message).toBe('data names no source.');
    expect(((thrown as AppError).cause as AggregateError).errors).toHaveLength(1);
  });
});
