import { formatPath } from '../../src/config/config-path.js';
import { formatCount, formatNumber } from '../scales/format.js';
import { say } from '../language/language.js';

/** One setting that two configs do not share. */
export interface Setting {
  /** Dotted path, as the config writes it. */
  path: string;
  a: string;
  b: string;
}

/**
 * What differs between two resolved configs, key by key, in the order of the first. A part that only one has is told as a whole;
 * lists are compared entry by entry where both have as many, else as a whole.
 */
export function configDifference(a: unknown, b: unknown, path: (string | number)[] = []): Setting[] {
  if (Object.is(a, b) || JSON.stringify(a) === JSON.stringify(b)) return [];
  if (isRecord(a) && isRecord(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return keys.flatMap((key) => configDifference(a[key], b[key], [...path, key]));
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length)
    return a.flatMap((entry, i) => configDifference(entry, b[i], [...path, i]));
  return [{ path: formatPath(path), a: words(a), b: words(b) }];
}

/** A value in few words: "sgd, learning rate 0.1" reads better than braces. */
function words(value: unknown): string {
  if (value === undefined || value === null) return say('none');
  if (typeof value === 'number') return Number.isInteger(value) ? formatCount(value) : formatNumber(value);
  if (Array.isArray(value) && value.length === 0) return say('none');
  if (Array.isArray(value)) return value.every((entry) => typeof entry !== 'object') ? value.join(', ') : say('{0} entries', value.length);
  if (!isRecord(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  return Object.entries(value)
    .map(([key, inner]) => (key === 'type' ? words(inner) : `${key} ${words(inner)}`))
    .join(', ');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
