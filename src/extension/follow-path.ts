import { isDeepStrictEqual } from 'node:util';
import type { ConfigPath } from '../config/config-path.js';

/**
 * Follows a path from the config it was made for to another version of it. List entries are followed by what they
 * are, so that a layer inserted above does not shift a finding to its neighbour. A key that neither version has stays
 * as it is (it stands for a default). Null where what the path meant is gone.
 */
export function followPath(before: unknown, now: unknown, path: ConfigPath): ConfigPath | null {
  const [part, ...rest] = path;
  if (part === undefined) return path;
  const next = typeof part === 'number' ? followIndex(before, now, part) : followKey(before, now, part);
  if (next === null) return null;
  const followed = followPath(child(before, part), child(now, next), rest);
  return followed === null ? null : [next, ...followed];
}

function followKey(before: unknown, now: unknown, key: string): string | null {
  const was = isObject(before) && Object.hasOwn(before, key);
  const is = isObject(now) && Object.hasOwn(now, key);
  return was && !is ? null : key;
}

function followIndex(before: unknown, now: unknown, index: number): number | null {
  if (!Array.isArray(before)) return index;
  if (!Array.isArray(now)) return null;
  const entry: unknown = before[index];
  const was = indicesOf(before, entry);
  const is = indicesOf(now, entry);
  if (is.length > 0 && is.length === was.length) return is[was.indexOf(index)] ?? null;
  if (before.length === now.length) return is.includes(index) || is.length === 0 ? index : null;
  // Changed and moved at once, or one of several equal ones gone: nobody can tell which it is.
  return null;
}

function indicesOf(list: readonly unknown[], entry: unknown): number[] {
  return list.flatMap((other, i) => (isDeepStrictEqual(other, entry) ? [i] : []));
}

function child(value: unknown, part: string | number): unknown {
  if (Array.isArray(value) && typeof part === 'number') return value[part];
  return isObject(value) && typeof part === 'string' && Object.hasOwn(value, part) ? value[part] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
