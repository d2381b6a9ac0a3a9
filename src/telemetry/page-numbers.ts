/*
 * Webview messages pass through JSON (typed arrays excepted), which turns NaN and the infinities into null. They are
 * what this product is about, so host and page wrap them on the way.
 */

/** Key no message uses by itself. */
const MARK = '$nonFinite';

/** Prepares a message for `postMessage`: non-finite numbers outside typed arrays become marked objects. */
export function packMessage<T>(message: T): T {
  return pack(message) as T;
}

/** The inverse of `packMessage`; a message without marks comes back equal. */
export function unpackMessage<T>(message: T): T {
  return unpack(message) as T;
}

function pack(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : { [MARK]: String(value) };
  return mapContent(value, pack);
}

function unpack(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && MARK in value) return Number(value[MARK]);
  return mapContent(value, unpack);
}

function mapContent(value: unknown, convert: (inner: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value;
  if (Array.isArray(value)) return value.map(convert);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, convert(inner)]));
}
