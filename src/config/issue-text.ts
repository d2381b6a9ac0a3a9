import { z } from 'zod';
import { formatPath, type ConfigPath } from './config-path.js';
import type { ConfigProblem } from './config-problem.js';
import { homeOf, MISSING_EXAMPLES, VALUE_EXAMPLES } from './config-hints.js';
import { invalidAt } from './invalid-at.js';
import { plainIssues, type PlainIssue } from './issue-branches.js';
import { nearestName } from './nearest-name.js';

/** Between the known keys that `knownKeysErrorMap` hands on. */
const separator = '\n';
const longestList = 60;
const longestValue = 40;
/** Longer lists are not repeated where a near name is found. */
const longestRepeated = 20;

/**
 * Error map for `safeParse`. The only thing its issues do not say is which keys an object knows; they travel in the message.
 */
export function knownKeysErrorMap(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'unrecognized_keys') return undefined;
  if (issue.inst instanceof z.ZodObject) return Object.keys(issue.inst.shape).join(separator);
  if (issue.inst instanceof z.ZodRecord && issue.inst.keyType instanceof z.ZodEnum) return issue.inst.keyType.options.join(separator);
  return '';
}

/** The problems an issue of the schema stands for, in words. `raw` is the config as written. */
export function issueProblems(issue: z.core.$ZodIssue, raw: unknown): ConfigProblem[] {
  return plainIssues(issue).flatMap((plain) => describe(plain, valueAt(raw, plain.path)));
}

function describe(plain: PlainIssue, value: unknown): ConfigProblem[] {
  const { issue, path } = plain;
  if (issue?.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, issue.message.split(separator)));
  if (value === undefined && path.length > 0) return [missingKey(plain)];
  if (issue?.code === 'custom') {
    const { action, at } = (issue.params ?? {}) as { action?: string; at?: ConfigProblem['at'] };
    return [invalidAt(path, issue.message, action ?? 'Correct it.', at ?? 'value')];
  }
  if (issue?.code === 'too_small' || issue?.code === 'too_big') return [outOfRange(issue, path, value)];
  return [wrongValue(plain, value)];
}

function unknownKey(path: ConfigPath, key: string, known: readonly string[]): ConfigProblem {
  const where = path.length === 0 ? 'the config' : formatPath(path);
  const nearest = nearestName(key, known);
  const proper = homeOf(key);
  const parts = [];
  const belongsElsewhere = proper !== undefined && proper.home !== formatPath(path) && proper.key !== nearest?.name;
  if (belongsElsewhere) parts.push(`Move it to ${proper.home} as "${proper.key}".`);
  if (nearest === null || nearest.name === '') parts.push('Remove it.');
  else if (nearest.close && !belongsElsewhere) parts.push(`Did you mean "${nearest.name}"?`);
  else parts.push(`The nearest known key is "${nearest.name}"; known are ${list(known)}.`);
  return invalidAt([...path, key], `Unknown key "${shorten(key)}" in ${where}.`, parts.join(' '), 'key');
}

function missingKey(plain: PlainIssue): ConfigProblem {
  const key = String(plain.path.at(-1));
  const parent = plain.path.slice(0, -1);
  const where = parent.length === 0 ? 'The config' : formatPath(parent);
  const example = MISSING_EXAMPLES.get(key);
  const allowed = plain.values.length > 0 ? ` with one of ${list(plain.values)}` : '';
  const action = example !== undefined && allowed === '' ? `Add ${example}.` : `Add "${key}"${allowed}.`;
  return invalidAt(plain.path, `${where} has no "${key}", which it needs.`, action, 'parent');
}

function outOfRange(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig, path: ConfigPath, value: unknown): ConfigProblem {
  const isSmall = issue.code === 'too_small';
  const limit = Number(isSmall ? issue.minimum : issue.maximum);
  const name = subject(path);
  if (issue.origin === 'string') return invalidAt(path, `${name} is empty text.`, 'Write a name, or remove the key.');
  if (issue.origin === 'array') {
    const entries = `${limit} ${limit === 1 ? 'entry' : 'entries'}`;
    const count = Array.isArray(value) ? value.length : 0;
    const message = `${name} needs at ${isSmall ? 'least' : 'most'} ${entries}, but has ${count}.`;
    return invalidAt(path, message, isSmall ? 'Add what is missing.' : 'Remove what is too much.');
  }
  const whole = Number.isInteger(limit) && (issue.origin === 'int' || Math.abs(limit) > 1e9) ? 'a whole number' : 'a number';
  const relation = isSmall ? (issue.inclusive ? 'at least' : 'greater than') : issue.inclusive ? 'at most' : 'less than';
  const message = `${name} is ${describeValue(value)}, but must be ${relation} ${limit}.`;
  return invalidAt(path, message, `Write ${whole} ${relation} ${limit}.`);
}

function wrongValue(plain: PlainIssue, value: unknown): ConfigProblem {
  const { path, values, types } = plain;
  const name = subject(path);
  const names = values.filter((v): v is string => typeof v === 'string');
  const expected = [...(values.length > 0 ? [`one of ${list(values)}`] : []), ...new Set(types.map(inWords))].join(' or ');
  if (typeof value === 'string' && names.length > 0) {
    const nearest = nearestName(value, names);
    const hint = nearest?.close === true ? `Did you mean "${nearest.name}"?` : `The nearest known value is "${nearest?.name}".`;
    const rest = nearest?.close === true && values.length > longestRepeated ? '' : ` It must be ${expected}.`;
    return invalidAt(path, `${name} cannot be "${shorten(value)}".`, `${hint}${rest}`);
  }
  if (value === Infinity || value === -Infinity) {
    return invalidAt(path, `${name} is a number too large to represent.`, 'Write a number below 1.8e308.');
  }
  const example = typeof value === 'string' ? VALUE_EXAMPLES.get(kindOfPlace(path))?.(value) : undefined;
  const message = `${name} must be ${expected || 'another value'}, but here is ${describeValue(value)}.`;
  return invalidAt(
    path,
    message,
    example ?? `Write ${expected || 'another value'}${value === null && typeof path.at(-1) === 'string' ? ', or remove the key' : ''}.`,
  );
}

/** "layer" for entries of model.layers and wrapped layers, else the key itself. */
function kindOfPlace(path: ConfigPath): string {
  const last = path.at(-1);
  return typeof last === 'number' ? (path.at(-2) === 'layers' ? 'layer' : '') : String(last);
}

function inWords(type: string): string {
  const words: Record<string, string> = {
    number: 'a number',
    int: 'a whole number',
    string: 'text',
    boolean: 'true or false',
    array: 'a list',
    tuple: 'a list',
    object: 'an object',
    record: 'an object',
  };
  return words[type] ?? type;
}

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'string') return value === '' ? 'empty text' : `the text "${shorten(value)}"`;
  return String(value);
}

const subject = (path: ConfigPath): string => (path.length === 0 ? 'The config' : shorten(formatPath(path), 120));

function shorten(text: string, length = longestValue): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

function list(items: readonly unknown[]): string {
  const shown = items.slice(0, longestList).map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
  return shown.join(', ') + (items.length > longestList ? ', …' : '');
}

/** The value at a path of the config as written; undefined where there is none. */
export function valueAt(raw: unknown, path: ConfigPath): unknown {
  let value = raw;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}
