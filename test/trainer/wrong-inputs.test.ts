import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorData } from '../../src/config/app-error.js';
import { decodeLog } from '../../src/telemetry/log-reader.js';
import { DIST } from './trainer-process.js';

/* Every kind of wrong input through the real command line: one coded error each, at its place, and nothing left behind. */

const CLI = path.join(DIST, 'cli.js');
/** Processes at the same time. */
const LANES = 2;
const START_MS = 30_000;

type Files = Record<string, string | Buffer>;
interface Changes {
  data?: object;
  model?: object;
  training?: object;
}

const csv = `a,b,y\n${Array.from({ length: 12 }, (_, i) => `${i / 10},${((i * 7) % 5) / 5},${i / 12}`).join('\n')}\n`;
const dense = { type: 'dense', units: 1 };
const classifier = { layers: [{ type: 'dense', units: 2, activation: 'softmax' }] };

function configText({ data, model, training }: Changes = {}): string {
  const config = {
    data: data !== undefined && ('module' in data || 'generator' in data || 'inline' in data) ? data : { file: 'd.csv', target: 'y', ...data },
    model: model ?? { layers: [{ type: 'dense', units: 4 }, dense] },
    training: { loss: 'meanSquaredError', optimizer: { type: 'sgd', learningRate: 0.001 }, epochs: 2, batchSize: 4, ...training },
  }; // prettier-ignore
  return JSON.stringify(config, null, 2);
}

let root = '';
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'gradwatch-wrong-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function workspace(name: string, config: string | Buffer, files: Files): string {
  const folder = path.join(root, name.replace(/[^\w äé日]+/g, '-'));
  mkdirSync(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
  }
  writeFileSync(path.join(folder, 'net.gradwatch.json'), config);
  return folder;
}

interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

function run(cwd: string, args: readonly string[], during?: (child: ReturnType<typeof spawn>) => void): Promise<Outcome> {
  const child = spawn(process.execPath, [CLI, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: START_MS });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  during?.(child);
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, out, err })));
}

/** Calls `work` on all items, some at a time. */
async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

interface Case {
  config?: string | Buffer;
  files?: Files;
  code: string;
  /** Relative to the workspace. */
  file?: string;
  line?: number;
  column?: number;
  path?: (string | number)[];
  says: RegExp;
  action: RegExp;
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const inConfig = (line: number, column: number) => ({ file: 'net.gradwatch.json', line, column });
const inData = (line: number) => ({ file: 'd.csv', line, path: ['data', 'file'] });

const CASES: Record<string, Case> = {
  'missing data file': { files: { 'dd.csv': csv }, code: 'data-not-found', ...inConfig(3, 5), path: ['data', 'file'], says: /"d\.csv" does not exist/, action: /Did you mean "dd\.csv"/ },
  'data file that is a folder': { files: { 'd.csv/x': '' }, code: 'data-invalid', ...inConfig(3, 5), path: ['data', 'file'], says: /is a folder/, action: /Name a file/ },
  'empty csv': { files: { 'd.csv': '' }, code: 'data-invalid', file: 'd.csv', path: ['data', 'file'], says: /is empty/, action: /rows of data/ },
  'csv of a header only': { files: { 'd.csv': 'a,b,y\n' }, code: 'data-invalid', ...inData(1), says: /header but no rows/, action: /Add rows/ },
  'ragged csv': { files: { 'd.csv': 'a,b,y\n1,2,3\n4,5\n6,7,8\n' }, code: 'data-invalid', ...inData(3), says: /Line 3 has 2 fields, the header has 3/, action: /one field per column/ },
  'text in a numeric column': { files: { 'd.csv': `${csv}hello,1,2\n` }, code: 'data-invalid', ...inData(14), says: /Column "a" has numbers, but line 14 has the text "hello"/, action: /Correct the cell/ },
  'text in a numeric target': { files: { 'd.csv': `${csv}1,1,high\n` }, code: 'data-invalid', ...inData(14), says: /Column "y".*line 14.*"high"/, action: /Correct the cell/ },
  'NaN row': { files: { 'd.csv': `${csv}NaN,1,2\n` }, code: 'data-invalid', ...inData(14), says: /Column "a" has no number in line 14/, action: /"data\.missing" to "drop" or "mean"/ },
  'huge number in the data': { files: { 'd.csv': `${csv}1e300,1,2\n` }, code: 'data-invalid', ...inData(14), says: /Column "a" has 1e\+300.*line 14/, action: /Correct the value/ },
  'huge number in the target': { files: { 'd.csv': `${csv}1,1,-1e300\n` }, code: 'data-invalid', ...inData(14), says: /Column "y" has -1e\+300.*line 14/, action: /Correct the value/ },
  'csv that is not UTF-8': { files: { 'd.csv': Buffer.concat([Buffer.from(csv), latin1('\xe9,1,2\n')]) }, code: 'data-invalid', ...inData(14), says: /not UTF-8 text \(line 14\)/, action: /Save it as UTF-8/ },
  'target with one class': { config: configText({ model: classifier, training: { loss: 'sparseCategoricalCrossentropy' } }), files: { 'd.csv': 'a,y\n1,u\n2,u\n3,u\n' }, code: 'data-invalid', file: 'd.csv', says: /the class "u" of "y".*nothing to learn/, action: /at least two classes/ },
  'unknown column': { config: configText({ data: { target: 'z' } }), code: 'config-invalid', ...inConfig(4, 5), path: ['data', 'target'], says: /no column "z"/, action: /Did you mean/ },
  'unknown key': { config: configText({ training: { learningrate: 1 } }), code: 'config-invalid', ...inConfig(26, 5), path: ['training', 'learningrate'], says: /Unknown key "learningrate" in training/, action: /training\.optimizer as "learningRate"/ },
  'wrong type': { config: configText({ training: { epochs: 'ten' } }), code: 'config-invalid', ...inConfig(24, 15), path: ['training', 'epochs'], says: /training\.epochs must be a number.*"ten"/, action: /Write a number/ },
  '0 epochs': { config: configText({ training: { epochs: 0 } }), code: 'config-invalid', ...inConfig(24, 15), path: ['training', 'epochs'], says: /training\.epochs is 0/, action: /greater than 0/ },
  'huge learning rate': { config: configText({ training: { optimizer: { type: 'sgd', learningRate: 1e300 } } }), code: 'config-invalid', ...inConfig(22, 23), path: ['training', 'optimizer', 'learningRate'], says: /learningRate is 1e\+300.*32-bit/, action: /between -3\.4e38 and 3\.4e38/ },
  'wrong layer argument': { config: configText({ model: { layers: [{ type: 'dense', units: -3 }] } }), code: 'config-invalid', ...inConfig(10, 18), path: ['model', 'layers', 0, 'units'], says: /units is -3/, action: /greater than 0/ },
  'wrong layer type': { config: configText({ model: { layers: [{ type: 'dence', units: 3 }] } }), code: 'config-invalid', ...inConfig(9, 17), path: ['model', 'layers', 0, 'type'], says: /cannot be "dence"/, action: /Did you mean "dense"/ },
  'layers that do not fit': { config: configText({ model: { layers: [{ type: 'dense', units: 4 }, { type: 'conv2d', filters: 3, kernelSize: 3 }, dense] } }), code: 'shape-mismatch', ...inConfig(12, 7), path: ['model', 'layers', 1], says: /"conv2d_1".*needs rows of the shape.*"dense_1" gives it \[4\]/, action: /reshape/ },
  'output that does not fit the target': { config: configText({ model: { layers: [{ type: 'dense', units: 3 }] } }), code: 'shape-mismatch', ...inConfig(8, 7), path: ['model', 'layers', 0], says: /is \[3\].*needs \[1\]/, action: /units to 1/ },
  'layer beyond all memory': { config: configText({ model: { layers: [{ type: 'dense', units: 1e5 }, { type: 'dense', units: 1e6 }, dense] } }), code: 'model-invalid', ...inConfig(12, 7), path: ['model', 'layers', 1], says: /"dense_2".*100000000000 weights/, action: /smaller/ },
  'empty config': { config: '', code: 'config-syntax', ...inConfig(1, 1), says: /config is empty/, action: /Write \{/ },
  'cut off config': { config: configText().slice(0, 80), code: 'config-syntax', file: 'net.gradwatch.json', says: /never ends/, action: /Close/ },
  'config that is not UTF-8': { config: latin1('{ "data": {\n "file": "\xe9.csv"}}'), code: 'config-syntax', ...inConfig(2, 11), says: /not UTF-8.*line 2/, action: /UTF-8/ },
  'config in UTF-16': { config: Buffer.from(`\ufeff${configText()}`, 'utf16le'), code: 'config-syntax', ...inConfig(1, 1), says: /UTF-16/, action: /UTF-8/ },
  'in a pâth with späces, 日本': { config: configText({ training: { batchSize: 0 } }), code: 'config-invalid', ...inConfig(25, 18), path: ['training', 'batchSize'], says: /batchSize is 0/, action: /greater than 0/ },
  'data module that throws': { config: configText({ data: { module: './m.mjs' } }), files: { 'm.mjs': 'export default async () => {\n  throw new TypeError("no luck");\n};\n' }, code: 'data-invalid', file: 'm.mjs', line: 2, column: 9, path: ['data', 'module'], says: /data module "\.\/m\.mjs" failed: no luck/, action: /Correct the module/ },
  'data module that throws nothing': { config: configText({ data: { module: './m.mjs' } }), files: { 'm.mjs': 'export default () => {\n  throw undefined;\n};\n' }, code: 'data-invalid', file: 'm.mjs', says: /it threw undefined/, action: /Correct/ },
  'data module with a syntax error': { config: configText({ data: { module: './m ü.mjs' } }), files: { 'm ü.mjs': 'export default () => {\n  const a = ;\n};\n' }, code: 'data-invalid', file: 'm ü.mjs', line: 2, says: /Unexpected token/, action: /Correct/ },
  'data module that never ends': { config: configText({ data: { module: './m.mjs' } }), files: { 'm.mjs': 'export default () => new Promise(() => {});\n' }, code: 'data-invalid', file: 'm.mjs', says: /never ends/, action: /return or throw/ },
  'model module that throws': { config: configText({ model: { module: './m.mjs' } }), files: { 'd.csv': csv, 'm.mjs': 'export default () => {\n\n throw new Error("no model");\n};\n' }, code: 'model-invalid', file: 'm.mjs', line: 3, path: ['model', 'module'], says: /model module.*failed: no model/, action: /Correct/ },
  'model module with a syntax error': { config: configText({ model: { module: './m.mjs' } }), files: { 'd.csv': csv, 'm.mjs': 'export default () => {};\nconst = 3;\n' }, code: 'model-invalid', file: 'm.mjs', line: 2, says: /Unexpected token/, action: /Correct/ },
  'missing model module': { config: configText({ model: { module: './m.mjs' } }), code: 'model-invalid', ...inConfig(7, 5), path: ['model', 'module'], says: /does not exist/, action: /relative to the config/ },
  'model file that is no model': { config: configText({ model: { file: 'model.json' } }), files: { 'd.csv': csv, 'model.json': '{ "modelTopology": 3 }' }, code: 'model-invalid', file: 'model.json', path: ['model', 'file'], says: /not a model TensorFlow\.js can build/, action: /model\.save/ },
  'model file that is no JSON': { config: configText({ model: { file: 'model.json' } }), files: { 'd.csv': csv, 'model.json': '{ "modelTopology": ' }, code: 'model-invalid', file: 'model.json', says: /is no JSON/, action: /Save the model/ },
}; // prettier-ignore

function lastLine(text: string): { event: string; error: ErrorData } {
  return JSON.parse(text.trimEnd().split('\n').at(-1) ?? '') as { event: string; error: ErrorData };
}

async function expectRefused(name: string, { config = configText(), files = { 'd.csv': csv }, ...expected }: Case): Promise<void> {
  const folder = workspace(name, config, files);
  const before = readdirSync(folder).sort();
  // One of the two commands each, with and without --json; both end in the same code before they part.
  const { code, out, err } = await run(folder, ['train', 'net.gradwatch.json', '--json']);
  const { event, error } = lastLine(out);
  const place = expected.file === undefined ? {} : { file: path.join(folder, expected.file) };
  for (const key of ['line', 'column', 'path'] as const) if (expected[key] !== undefined) Object.assign(place, { [key]: expected[key] });
  expect(event, name).toBe('error');
  expect(error, name).toMatchObject({ code: expected.code, place });
  expect(error.message, name).toMatch(expected.says);
  expect(error.action, name).toMatch(expected.action);
  expect(out.trimEnd().split('\n'), name).toHaveLength(1);
  expect(code, name).toBe(2);
  const at = [error.place.file, error.place.line, error.place.column].filter((part) => part !== undefined).join(':');
  expect(err.startsWith(`${at}: ${error.message} ${error.action}`), `${name}: ${err}`).toBe(true);
  expect(err, name).not.toMatch(/\n\s+at |node:internal|Internal error/);
  expect(readdirSync(folder).sort(), name).toEqual(before);
}

describe('wrong inputs', { timeout: 180_000 }, () => {
  it('each end in one coded error with its place and what to do, exit code 2, and nothing written', async () => {
    const failures: unknown[] = [];
    await inLanes(Object.entries(CASES), async ([name, expected]) => {
      await expectRefused(name, expected).catch((error: unknown) => failures.push(error));
    });
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('\n'));
  });

  it('are told by check as by train, on stderr alone where no JSON is asked for', async () => {
    const folder = workspace('checked', configText(), { 'd.csv': `${csv}hello,1,2\n` });
    const { code, out, err } = await run(folder, ['check', 'net.gradwatch.json']);
    expect(err).toMatch(/^\S+d\.csv:14: Column "a" has numbers, but line 14 has the text "hello"\. [^\n]+\n$/);
    expect([code, out]).toEqual([2, '']);
    expect(readdirSync(folder).sort()).toEqual(['d.csv', 'net.gradwatch.json']);
  });

  it('are right inputs where they can be: a batch larger than the data, said once', async () => {
    const folder = workspace('batch', configText({ training: { batchSize: 1000 } }), { 'd.csv': csv });
    const { code, err } = await run(folder, ['train', 'net.gradwatch.json']);
    expect(err).toContain('training.batchSize is 1000, but there are 10 training rows: batches of 10.');
    expect(code).toBe(0);
  });
});

describe('the places a run writes to', { timeout: 120_000 }, () => {
  it('are refused where they cannot be written, with nothing half made', async () => {
    const folder = workspace('unwritable', configText(), { 'd.csv': csv, file: 'x' });
    await inLanes(
      [
        ['file', 'there is a file of this name'],
        ['file/deep/er', 'a part of the path is a file'],
        [`made/${'n'.repeat(300)}`, 'the name is too long'],
      ] as const,
      async ([directory, why]) => {
        const { code, out, err } = await run(folder, ['train', 'net.gradwatch.json', '--json', '--run-dir', directory]);
        const place = { file: path.join(folder, directory) };
        expect(lastLine(out)).toMatchObject({ event: 'error', error: { code: 'arguments', place } });
        expect(out.trimEnd().split('\n')).toHaveLength(1);
        expect(err).toContain(`${place.file}: The run log cannot be written here: ${why}. Choose another folder with --run-dir`);
        expect(code).toBe(2);
      },
    );
    expect(readdirSync(folder).sort()).toEqual(['d.csv', 'file', 'net.gradwatch.json']);
  });

  it.skipIf(!existsSync('/dev/full'))('end the program in one line where the output is full', async () => {
    const folder = workspace('full', configText(), { 'd.csv': csv });
    const shell = spawn('sh', ['-c', `"${process.execPath}" "${CLI}" train net.gradwatch.json --json > /dev/full`], { cwd: folder });
    let err = '';
    shell.stderr.on('data', (data: Buffer) => (err += data.toString()));
    const code = await new Promise((resolve) => shell.on('close', resolve));
    expect(err).toMatch(/^The output cannot be written \(ENOSPC\)\. Free space/m);
    expect(err).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
  });

  it.skipIf(process.platform === 'win32')('hold whole lines where the disk is full in the middle of a run, which goes on', async () => {
    const folder = workspace('quota', configText({ training: { epochs: 60 } }), { 'd.csv': csv });
    const command = `ulimit -f 8; exec "${process.execPath}" "${CLI}" train net.gradwatch.json --run-dir log`;
    const shell = spawn('bash', ['-c', command], { cwd: folder });
    let err = '';
    shell.stderr.on('data', (data: Buffer) => (err += data.toString()));
    const code = await new Promise((resolve) => shell.on('close', resolve));
    expect(err).toContain('The run log ends here, it cannot be written any more');
    expect(err).toMatch(/completed after 180 steps/);
    expect(code).toBe(0);
    const log = readFileSync(path.join(folder, 'log', 'events.jsonl'), 'utf8');
    expect(log.endsWith('}\n')).toBe(true);
    expect(decodeLog(log).entries).toHaveLength(log.trimEnd().split('\n').length);
  });

  it('may be the folder of the config, which is not written over', async () => {
    const text = `\ufeff${configText()} // as saved\n`;
    const folder = workspace('beside', text, { 'd.csv': csv });
    const { code } = await run(folder, ['train', 'net.gradwatch.json', '--run-dir', '.']);
    expect(code).toBe(0);
    expect(readFileSync(path.join(folder, 'net.gradwatch.json'), 'utf8')).toBe(text);
    expect(readdirSync(folder).sort()).toEqual(['d.csv', 'events.jsonl', 'net.gradwatch.json']);
  });
});

describe('a config that is deleted or edited while it trains', () => {
  it.each([
    ['deleted', (file: string) => rmSync(file)],
    ['edited', (file: string) => writeFileSync(file, '{ "data": ')],
  ])('%s: the run goes on with what it read, and keeps a copy of it', { timeout: 60_000 }, async (name, change) => {
    const text = configText({ training: { epochs: 100_000 } });
    const folder = workspace(name, text, { 'd.csv': csv });
    const file = path.join(folder, 'net.gradwatch.json');
    const { code, out } = await run(folder, ['train', 'net.gradwatch.json', '--json', '--run-dir', 'log', '--steps', '200'], (child) => {
      child.stdout?.once('data', () => change(file));
    });
    expect(code).toBe(0);
    expect(JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ event: 'end', status: 'completed', steps: 200 });
    expect(readFileSync(path.join(folder, 'log', 'net.gradwatch.json'), 'utf8')).toBe(text);
  });
});

describe('modules of the user', { timeout: 60_000 }, () => {
  const rows = '{ x: [[1, 2], [3, 4], [1, 2], [0, 1]], y: [1, 2, 3, 1] }';

  it('give data and models to the built command line', async () => {
    const config = configText({ data: { module: './d.mjs' }, model: { module: './m.mjs' } });
    const folder = workspace('modules', config, {
      'd.mjs': 'export default async (tf) => ({ x: tf.randomUniform([20, 2], 0, 1, "float32", 1), y: tf.ones([20, 1]) });',
      'm.mjs':
        'export default (tf, { inputShape, outputUnits }) => tf.sequential({ layers: [tf.layers.dense({ units: outputUnits, inputShape })] });',
    });
    const { code, out } = await run(folder, ['train', 'net.gradwatch.json', '--json', '--run-dir', 'log']);
    expect(JSON.parse(out.split('\n')[0] ?? '')).toMatchObject({ event: 'start', parameters: 3, samples: { train: 16, validation: 4 } });
    expect(code).toBe(0);
  });

  it('that fail after they have returned end the run in their error, and its log in good order', async () => {
    const source = `export default () => {\n  setTimeout(() => {\n    throw new Error('too late');\n  }, 1);\n  return ${rows};\n};\n`;
    const folder = workspace('late', configText({ data: { module: './m.mjs' }, training: { epochs: 1e6 } }), { 'm.mjs': source });
    const { code, out, err } = await run(folder, ['train', 'net.gradwatch.json', '--json', '--run-dir', 'log']);
    const place = { file: path.join(folder, 'm.mjs'), line: 3 };
    expect(lastLine(out)).toMatchObject({ event: 'error', error: { code: 'data-invalid', place } });
    expect(err).toMatch(/m\.mjs:3:11: The data module ".\/m\.mjs" threw an error that nothing caught: too late\./);
    expect(err).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
    // Too early for a log at times; where there is one it is whole.
    const log = path.join(folder, 'log', 'events.jsonl');
    if (existsSync(log)) expect(decodeLog(readFileSync(log, 'utf8')).entries.at(-1)).toMatchObject({ event: 'end', status: 'failed' });
  });

  it('that end the process are not taken for a success', async () => {
    const folder = workspace('exit', configText({ data: { module: './m.mjs' } }), { 'm.mjs': 'export default () => process.exit(0);' });
    const { code, err } = await run(folder, ['train', 'net.gradwatch.json']);
    expect(err).toMatch(/ended from within/);
    expect(code).toBe(2);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('that keep the run waiting are left at %s, with 130', async (signal) => {
    const source = 'process.stderr.write("waiting\\n");\nsetInterval(() => {}, 1000);\nexport default () => new Promise(() => {});\n';
    const folder = workspace(`waiting ${signal}`, configText({ data: { module: './m.mjs' } }), { 'm.mjs': source });
    const { code } = await run(folder, ['train', 'net.gradwatch.json'], (child) => {
      child.stderr?.on('data', (data: Buffer) => data.includes('waiting') && child.kill(signal));
    });
    expect(code).toBe(130);
    expect(readdirSync(folder).sort()).toEqual(['m.mjs', 'net.gradwatch.json']);
  });
});

describe('the examples', { timeout: 60_000 }, () => {
  it('train from a folder with spaces and letters of any script', async () => {
    const folder = path.join(root, 'a b ü 日本');
    cpSync(path.resolve('examples/penguins'), folder, { recursive: true, filter: (source) => !source.includes('.gradwatch' + path.sep) });
    const { code, err } = await run(folder, ['train', path.join(folder, 'gradwatch.json'), '--steps', '3']);
    expect(err).toMatch(/completed after 3 steps/);
    expect(code).toBe(0);
    expect(readdirSync(path.join(folder, '.gradwatch', 'runs'))).toHaveLength(1);
  });
});
