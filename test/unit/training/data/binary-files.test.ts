import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { faultOf, FIXTURES, prepare, prepareText, rowsOf } from './prepare.js';

const fixture = (name: string): Promise<Buffer> => readFile(path.join(FIXTURES, name));

/** A .npy as NumPy would write it, version 1. */
function npy(header: string, data: Uint8Array): Uint8Array {
  const text = strToU8(header.padEnd(117) + '\n', true);
  return Uint8Array.from([0x93, ...strToU8('NUMPY', true), 1, 0, text.length, 0, ...text, ...data]);
}

describe('npy', () => {
  it.each(['f8.npy', 'f4-big-endian.npy', 'f8-fortran.npy', 'f4-version2.npy', 'f4-version3.npy'])('reads %s', async (file) => {
    const data = await prepare({ file });
    expect(rowsOf(data.train.inputs, 2)).toEqual([
      [1, 2],
      [4, 5],
    ]);
    expect([...data.train.targets]).toEqual([3, 6.5]);
    expect(data.features.map((f) => f.name)).toEqual(['0', '1']);
  });

  it.each(['i4.npy', 'i8.npy', 'u1.npy'])('reads the whole numbers of %s', async (file) => {
    const data = await prepare({ file, features: ['1', '0'] });
    expect(rowsOf(data.train.inputs, 2)).toEqual([
      [2, 1],
      [7, 250],
    ]);
    expect([...data.train.targets]).toEqual([0, 1]);
  });

  it('reads large and negative integers of 8 bytes, and booleans', async () => {
    expect(rowsOf((await prepare({ file: 'i8-big-endian.npy' })).train.inputs, 2)[0]).toEqual([-1, 2 ** 40]);
    const flags = await prepare({ file: 'b1.npy' }, 'binaryCrossentropy');
    expect([[...flags.train.inputs], [...flags.train.targets]]).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(flags.classNames).toEqual(['false', 'true']);
  });

  it.each([
    ['object.npy', /Python objects/, /astype/],
    ['structured.npy', /structured array/, /plain arrays/],
    ['f3d-fortran.npy', /3 axes instead of rows and columns/, /savez/],
  ])('refuses %s', async (file, message, action) => {
    const fault = await faultOf(prepare({ file }));
    expect(fault).toMatchObject({ code: 'data-invalid', file });
    expect(fault.message).toMatch(message);
    expect(fault.action).toMatch(action);
  });

  it.each([
    ['a file of another kind', new TextEncoder().encode('a,y\n1,2\n'), /not in the NumPy format/],
    ['a file cut off in its header', Uint8Array.from([0x93, 78, 85, 77, 80, 89, 1, 0, 200]), /cut off in its header/],
    ['an unknown version', Uint8Array.from([0x93, 78, 85, 77, 80, 89, 9, 0, 1, 0, 32]), /version 9/],
    ['data cut off', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", new Uint8Array(12)), /12 of 16 bytes/],
    ['no rows', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2), }", new Uint8Array()), /no entries/],
    ['a claimed huge size', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 99), }", new Uint8Array(8)), /the limit is/],
    ['complex numbers', npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1, 2), }", new Uint8Array(16)), /<c8/],
    ['no shape', npy("{'descr': '<f4', 'fortran_order': False}", new Uint8Array(16)), /no readable header/],
  ])('refuses %s', async (_, content, message) => {
    const fault = await faultOf(prepareText('a.npy', content, { target: undefined }));
    expect(fault).toMatchObject({ code: 'data-invalid', file: 'a.npy' });
    expect(fault.message).toMatch(message);
  });
});

describe('npz', () => {
  it.each(['stored.npz', 'deflated.npz'])('reads %s with the shape of its rows', async (file) => {
    const data = await prepare({ file }, 'sparseCategoricalCrossentropy');
    expect(data.train.inputShape).toEqual([2, 2]);
    expect([...data.train.inputs]).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect([...data.train.targets]).toEqual([0, 1, 2, 0, 1, 2]);
    expect(data.outputUnits).toBe(3);
  });

  it('reads named arrays, and text classes', async () => {
    const data = await prepare(
      { file: 'named.npz', target: { x: 'images', y: 'labels' }, inputShape: [4], factor: 0.5 },
      'categoricalCrossentropy',
    );
    expect(data.classNames).toEqual(['cat', 'dog']);
    expect([...data.train.inputs.subarray(0, 4)]).toEqual([0, 0.5, 1, 1.5]);
    expect([...data.train.targets.subarray(0, 4)]).toEqual([1, 0, 0, 1]);
  });

  it.each([
    ['missing arrays', { file: 'named.npz' }, ['data', 'file'], /no array "x"/, /"images", "labels"/],
    [
      'a misspelt array',
      { file: 'named.npz', target: { x: 'image', y: 'labels' } },
      ['data', 'target', 'x'],
      /no array "image"/,
      /"images"/,
    ],
    ['a column as target', { file: 'stored.npz', target: 'y' }, ['data', 'target'], /names its arrays/, /"x"/],
    ['features', { file: 'stored.npz', features: ['x'] }, ['data', 'features'], /columns of a table/, /Remove/],
  ])('refuses %s', async (_, data, place, message, action) => {
    const fault = await faultOf(prepare(data));
    expect(fault).toMatchObject({ code: 'config-invalid', path: place });
    expect(fault.message).toMatch(message);
    expect(fault.action).toMatch(action);
  });

  it('refuses a file that is cut off, and arrays of different length', async () => {
    const whole = await fixture('deflated.npz');
    for (const part of [whole.subarray(0, 200), whole.subarray(100)]) {
      expect(await faultOf(prepareText('a.npz', part, { target: undefined }))).toMatchObject({ code: 'data-invalid', file: 'a.npz' });
    }
    const [x, y] = [await fixture('f8.npy'), npy("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", new Uint8Array(3))];
    const fault = await faultOf(prepareText('a.npz', zipSync({ 'x.npy': x, 'y.npy': y }), { target: undefined }));
    expect(fault.message).toBe('"x" has 2 rows, "y" has 3.');
  });

  it('refuses to unpack an array beyond the limit', async () => {
    const zip = zipSync({ 'x.npy': new Uint8Array(100), 'y.npy': new Uint8Array(100) });
    const view = new DataView(zip.buffer);
    // Claim 2 GiB in the central directory, as a zip bomb would.
    for (let i = 0; i < zip.length - 4; i++) if (view.getUint32(i, true) === 0x02014b50) view.setUint32(i + 24, 2 ** 31, true);
    expect((await faultOf(prepareText('a.npz', zip, { target: undefined }))).message).toMatch(/unpacks to 2048 MiB; the limit is 1024 MiB/);
  });
});

describe('parquet', () => {
  it.each(['snappy', 'gzip', 'zstd', 'brotli', 'lz4', 'none'])('reads %s', async (codec) => {
    const data = await prepare({ file: `people-${codec}.parquet`, target: 'score', missing: 'mean' });
    expect(data.features.map((f) => f.name)).toEqual(['age', 'height', 'city=Bern', 'city=Köln', 'city=Lyon', 'member']);
    expect(rowsOf(data.train.inputs, 6)).toEqual([
      [31, 1.5, 1, 0, 0, 1],
      [42, 1.75, 0, 0, 1, 0],
      [33.3333, 1.6, 1, 0, 0, 1],
      [27, 1.8, 0, 1, 0, 0],
    ]);
    expect([...data.train.targets]).toEqual([1, 2, 3, 4]);
  });

  it('keeps the order of the rows over row groups', async () => {
    const data = await prepare({ file: 'row-groups.parquet', target: 'y' });
    expect([...data.train.inputs]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('names the row of a missing value', async () => {
    const fault = await faultOf(prepare({ file: 'people-none.parquet', target: 'score' }));
    expect(fault).toMatchObject({ code: 'data-invalid', file: 'people-none.parquet' });
    expect(fault.message).toContain('"age" has no number in row 3');
  });

  it('refuses nested columns unless they are left out, and corrupt files', async () => {
    expect((await faultOf(prepare({ file: 'nested.parquet', target: 'y' }))).message).toContain(
      '"x" of "nested.parquet" has nested values',
    );
    const whole = await fixture('people-snappy.parquet');
    for (const part of [whole.subarray(0, 900), whole.subarray(300), Buffer.from('PAR1')]) {
      expect(await faultOf(prepareText('a.parquet', part))).toMatchObject({ code: 'data-invalid', file: 'a.parquet' });
    }
  });
});
