import type { Evidence } from './events.js';
import { COLUMNS, frameBytes, METRIC_COUNT, type FrameBatch } from './frame-batch.js';

/*
 * Frames as one block of bytes for a file: every series by itself, rounded to the 24 bits of precision the engines compute in
 * (the range stays that of a double), and its bytes sorted by significance, which a general compressor then packs well.
 *   u32 count, u32 layerCount, u32 length of the evidence, evidence as JSON, series
 */

const HEADER_BYTES = 12;
const DOUBLE_BYTES = 8;
/** The lower 29 bits of a double's fraction: what single precision does not have. */
const LOW_BITS = 0x1fffffff;
/** Counters keep all their bits. */
const EXACT: ReadonlySet<string> = new Set(['step', 'epoch']);

/** Packs frames. Of the evidence only the newest is kept. */
export function framesToBytes(batch: FrameBatch): Uint8Array {
  const { count, layerCount } = batch;
  const last = batch.riskEvidence.at(-1);
  const evidence = new TextEncoder().encode(JSON.stringify(last?.evidence.map(plainEvidence) ?? []));
  const begin = HEADER_BYTES + evidence.length;
  const bytes = new Uint8Array(begin + count * frameBytes(layerCount));
  const header = new DataView(bytes.buffer);
  [count, layerCount, evidence.length].forEach((value, i) => header.setUint32(4 * i, value, true));
  bytes.set(evidence, HEADER_BYTES);
  let at = begin;
  const write = (value: (row: number) => number, exact: boolean) => {
    writePlanes(bytes, at, count, value, exact);
    at += DOUBLE_BYTES * count;
  };
  for (const name of COLUMNS) write((row) => batch[name][row] as number, EXACT.has(name));
  const width = layerCount * METRIC_COUNT;
  for (let column = 0; column < width; column++) write((row) => batch.layers[row * width + column] as number, false);
  return bytes;
}

/** Unpacks what `framesToBytes` packed. Throws RangeError where the bytes are cut short. */
export function framesFromBytes(bytes: Uint8Array): FrameBatch {
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [count, layerCount, length] = [0, 4, 8].map((i) => header.getUint32(i, true)) as [number, number, number];
  const width = layerCount * METRIC_COUNT;
  let at = HEADER_BYTES + length;
  if (bytes.length < at + count * frameBytes(layerCount)) throw new RangeError('The frames are cut short.');
  const evidence = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER_BYTES, at))) as StoredEvidence[];
  const read = () => {
    const column = readPlanes(bytes, at, count);
    at += DOUBLE_BYTES * count;
    return column;
  };
  const net = Object.fromEntries(COLUMNS.map((name) => [name, read()])) as Record<(typeof COLUMNS)[number], Float64Array>;
  const layers = new Float64Array(count * width);
  for (let column = 0; column < width; column++) {
    const values = read();
    for (let row = 0; row < count; row++) layers[row * width + column] = values[row] as number;
  }
  const riskEvidence = count > 0 && evidence.length > 0 ? [{ index: count - 1, evidence: evidence.map(fullEvidence) }] : [];
  return { count, layerCount, ...net, layers, riskEvidence };
}

function writePlanes(bytes: Uint8Array, at: number, count: number, value: (row: number) => number, exact: boolean): void {
  const one = new Float64Array(1);
  const words = new Uint32Array(one.buffer);
  const parts = new Uint8Array(one.buffer);
  for (let row = 0; row < count; row++) {
    const number = value(row);
    one[0] = number;
    if (!exact && Number.isFinite(number)) words[0] = ((words[0] as number) & ~LOW_BITS) >>> 0;
    for (let plane = 0; plane < DOUBLE_BYTES; plane++) bytes[at + plane * count + row] = parts[plane] as number;
  }
}

function readPlanes(bytes: Uint8Array, at: number, count: number): Float64Array {
  const column = new Float64Array(count);
  const parts = new Uint8Array(column.buffer);
  for (let plane = 0; plane < DOUBLE_BYTES; plane++)
    for (let row = 0; row < count; row++) parts[DOUBLE_BYTES * row + plane] = bytes[at + plane * count + row] as number;
  return column;
}

/** Evidence in JSON, which has no NaN and no infinities. */
interface StoredEvidence {
  name: string;
  value: number | string;
  limit: number | string;
}
const plain = (value: number): number | string => (Number.isFinite(value) ? value : String(value));
const plainEvidence = ({ name, value, limit }: Evidence): StoredEvidence => ({ name, value: plain(value), limit: plain(limit) });
const fullEvidence = ({ name, value, limit }: StoredEvidence): Evidence => ({ name, value: Number(value), limit: Number(limit) });
