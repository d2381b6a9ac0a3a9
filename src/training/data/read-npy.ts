import { dataFileError, type DataFile } from './data-file.js';
import { MAX_AXES, MAX_VALUES } from './limits.js';
import { sizeOf, type Numbers } from './source.js';

/** An array of any rank, row-major. */
export interface NumberArray {
  shape: readonly number[];
  values: Numbers;
  /** For an array of text: its different texts, indexed by `values`; null for numbers. */
  categories: readonly string[] | null;
  boolean: boolean;
}

const MAGIC = '\x93NUMPY';

/**
 * Reads the NumPy array format, versions 1 to 3: little and big endian, row-major and Fortran order; floats of 4 and
 * 8 bytes, integers of 1 to 8 bytes (beyond 2^53 rounded), booleans, and fixed-width text (U and S).
 * `name` is the array's name for messages. Throws AppError `data-invalid`.
 * Source: numpy.lib.format, "Format Version 1.0" to "3.0".
 */
export function readNpy(bytes: Uint8Array, name: string, file: DataFile): NumberArray {
  const fail = (fault: string, action: string): never => {
    throw dataFileError(file, `The array ${name} of "${file.name}" ${fault}.`, action);
  };
  const { header, dataStart } = readHeader(bytes, fail);
  const descr = /'descr'\s*:\s*'([<>|=]?\w+)'/.exec(header)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1] === 'True';
  const shapeText = /'shape'\s*:\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (/'descr'\s*:\s*\[/.test(header)) fail('is a structured array', 'Save plain arrays of numbers instead.');
  if (descr === undefined || shapeText === undefined) return fail('has no readable header', 'Save it again with numpy.save.');
  const shape = [...shapeText.matchAll(/\d+/g)].map(Number);
  if (shape.length > MAX_AXES) fail(`has ${shape.length} axes`, 'Save it with fewer axes.');
  if (shape.some((size) => size === 0)) fail('has no entries', 'Save an array with rows.');
  const count = sizeOf(shape);
  if (count > MAX_VALUES) fail(`has ${count} entries; the limit is ${MAX_VALUES}`, 'Save a smaller sample.');
  if (/^\|?O/.test(descr)) fail('holds Python objects', 'Convert it with .astype("float32") before saving.');

  const type = /^([<>|=]?)([fiubUS])(\d+)$/.exec(descr);
  const reader = type === null ? undefined : READERS[`${type[2]}${type[2] === 'U' || type[2] === 'S' ? '' : type[3]}`];
  if (type === null || reader === undefined) {
    return fail(`has the type ${descr}, which cannot be read`, 'Convert it with .astype("float32") before saving.');
  }
  const width = Number(type[3]);
  const itemBytes = type[2] === 'U' ? width * 4 : width;
  const data = bytes.subarray(dataStart);
  if (data.length < count * itemBytes) {
    fail(`is cut off: ${data.length} of ${count * itemBytes} bytes are there`, 'Save or copy it again.');
  }
  const decoded = reader({
    view: new DataView(data.buffer, data.byteOffset, count * itemBytes),
    count,
    little: type[1] !== '>',
    itemBytes,
  });
  const values = fortran && shape.length > 1 ? toRowMajor(decoded.values, shape) : decoded.values;
  return { shape, values, categories: decoded.categories, boolean: type[2] === 'b' };
}

function readHeader(bytes: Uint8Array, fail: (fault: string, action: string) => never): { header: string; dataStart: number } {
  const magic = String.fromCharCode(...bytes.subarray(0, 6));
  if (magic !== MAGIC) fail('is not in the NumPy format', 'Save it with numpy.save or numpy.savez.');
  const major = bytes[6] ?? 0;
  if (major < 1 || major > 3) fail(`has format version ${major}, which cannot be read`, 'Save it again with numpy.save.');
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) fail('is cut off in its header', 'Save or copy it again.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (bytes.length < start + length) fail('is cut off in its header', 'Save or copy it again.');
  // Version 3 allows UTF-8, only in the field names of structured arrays.
  const header = Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('latin1');
  return { header, dataStart: start + length };
}

interface Encoded {
  view: DataView;
  count: number;
  little: boolean;
  itemBytes: number;
}
interface Decoded {
  values: Numbers;
  categories: string[] | null;
}

const numeric =
  <T extends Numbers>(make: (count: number) => T, read: (view: DataView, at: number, little: boolean) => number) =>
  ({ view, count, little, itemBytes }: Encoded): Decoded => {
    const values = make(count);
    for (let i = 0; i < count; i++) values[i] = read(view, i * itemBytes, little);
    return { values, categories: null };
  };

const READERS: Partial<Record<string, (encoded: Encoded) => Decoded>> = {
  f4: numeric((n) => new Float32Array(n), (v, at, little) => v.getFloat32(at, little)),
  f8: numeric((n) => new Float64Array(n), (v, at, little) => v.getFloat64(at, little)),
  i1: numeric((n) => new Int8Array(n), (v, at) => v.getInt8(at)),
  i2: numeric((n) => new Int16Array(n), (v, at, little) => v.getInt16(at, little)),
  i4: numeric((n) => new Int32Array(n), (v, at, little) => v.getInt32(at, little)),
  i8: numeric((n) => new Float64Array(n), (v, at, little) => Number(v.getBigInt64(at, little))),
  u1: numeric((n) => new Uint8Array(n), (v, at) => v.getUint8(at)),
  u2: numeric((n) => new Uint16Array(n), (v, at, little) => v.getUint16(at, little)),
  u4: numeric((n) => new Uint32Array(n), (v, at, little) => v.getUint32(at, little)),
  u8: numeric((n) => new Float64Array(n), (v, at, little) => Number(v.getBigUint64(at, little))),
  b1: numeric((n) => new Uint8Array(n), (v, at) => (v.getUint8(at) === 0 ? 0 : 1)),
  U: texts((view, at, bytes, little) => {
    let text = '';
    for (let i = at; i < at + bytes; i += 4) {
      const point = view.getUint32(i, little);
      if (point === 0) break;
      text += point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
    }
    return text;
  }),
  S: texts((view, at, bytes) => {
    const text = Buffer.from(view.buffer, view.byteOffset + at, bytes).toString('utf8');
    const end = text.indexOf('\0');
    return end === -1 ? text : text.slice(0, end);
  }),
}; // prettier-ignore

function texts(read: (view: DataView, at: number, bytes: number, little: boolean) => string) {
  return ({ view, count, little, itemBytes }: Encoded): Decoded => {
    const codes = new Map<string, number>();
    const values = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const text = read(view, i * itemBytes, itemBytes, little);
      let code = codes.get(text);
      if (code === undefined) codes.set(text, (code = codes.size));
      values[i] = code;
    }
    return { values, categories: [...codes.keys()] };
  };
}

/** From first axis fastest to last axis fastest. */
function toRowMajor(values: Numbers, shape: readonly number[]): Numbers {
  const out = values.slice();
  const index = new Array<number>(shape.length).fill(0);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  for (let i = 0, from = 0; i < values.length; i++) {
    out[i] = values[from] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      from += stride;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      from -= stride * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return out;
}
