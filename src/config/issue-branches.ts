import type { z } from 'zod';
import type { ConfigPath } from './config-path.js';

type Issue = z.core.$ZodIssue;

/** An issue of the schema with its full path; several alternatives of one value are joined into `expected`. */
export interface PlainIssue {
  path: ConfigPath;
  /** The issue itself; absent where no alternative takes this kind of value. */
  issue?: Issue;
  /** Literals that would be accepted. */
  values: unknown[];
  /** Kinds of value that would be accepted, in the words of zod: "number", "object", ... */
  types: string[];
}

/**
 * Resolves unions: of the alternatives of a value the one that fits best speaks, so that a message is about what was meant.
 * An alternative fits if it takes this kind of value at all; of these, the one with the least to complain about.
 */
export function plainIssues(issue: Issue, base: ConfigPath = []): PlainIssue[] {
  const path = [...base, ...(issue.path as (string | number)[])];
  if (issue.code !== 'invalid_union') return [{ path, issue, ...expectedBy(issue) }];
  if (issue.errors.length === 0) return [{ path, values: (issue as { options?: unknown[] }).options ?? [], types: [] }];
  const fitting = issue.errors.filter((branch) => !branch.some(refusesKind)).sort((a, b) => weight(a) - weight(b))[0];
  if (fitting !== undefined) return fitting.flatMap((inner) => plainIssues(inner, path));
  const expected = issue.errors.flatMap((branch) => branch.filter(refusesKind).map(expectedBy));
  return [{ path, values: unique(expected.flatMap((e) => e.values)), types: unique(expected.flatMap((e) => e.types)) }];
}

/** The issue says that a value of this kind, or this literal, has no place here. */
function refusesKind(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union') return issue.errors.length > 0 && issue.errors.every((branch) => branch.some(refusesKind));
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

function expectedBy(issue: Issue): { values: unknown[]; types: string[] } {
  if (issue.code === 'invalid_value') return { values: [...issue.values], types: [] };
  if (issue.code === 'invalid_type') return { values: [], types: [issue.expected] };
  if (issue.code !== 'invalid_union') return { values: [], types: [] };
  const inner = issue.errors.flatMap((branch) => branch.filter(refusesKind).map(expectedBy));
  return { values: inner.flatMap((e) => e.values), types: inner.flatMap((e) => e.types) };
}

/** A wrong kind of value deep inside weighs more than a value out of range. */
const weight = (branch: readonly Issue[]): number =>
  branch.reduce((sum, issue) => sum + (issue.code === 'invalid_type' || issue.code === 'invalid_value' ? 2 : 1), 0);

const unique = <T>(items: T[]): T[] => [...new Set(items)];
