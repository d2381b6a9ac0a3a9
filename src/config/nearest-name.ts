/** Short names other libraries use, and ours. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    mse: 'meanSquaredError',
    mae: 'meanAbsoluteError',
    lr: 'learningRate',
    acc: 'accuracy',
    bs: 'batchSize',
    normalize: 'scale',
  }),
);

/** Longer names are cut: the distance of two names costs the product of their lengths. */
const longestCompared = 48;

export interface NearestName {
  name: string;
  /** It is near enough to be what was meant. */
  close: boolean;
}

/**
 * The candidate nearest to a name by Damerau-Levenshtein distance (optimal string alignment), blind to case, `_` and `-`.
 * Null where there are no candidates.
 */
export function nearestName(name: string, candidates: readonly string[]): NearestName | null {
  const written = normaliseName(name);
  const alias = ALIASES.get(written);
  if (alias !== undefined && candidates.includes(alias)) return { name: alias, close: true };
  let best: NearestName | null = null;
  let least = Infinity;
  for (const candidate of candidates) {
    const other = normaliseName(candidate);
    const distance = editDistance(written, other);
    const isPart = written.length > 2 && (other.startsWith(written) || other.endsWith(written) || written.startsWith(other));
    // A name that only leaves a part out ("clip" for "gradientClip") is nearer than its distance says.
    const cost = isPart ? Math.min(distance, 1) + distance / 100 : distance;
    if (cost < least) {
      least = cost;
      best = { name: candidate, close: isPart || distance <= Math.max(1, Math.min(written.length, other.length) * 0.4) };
    }
  }
  return best;
}

/** A name without case, `_`, `-` and spaces. */
export function normaliseName(name: string): string {
  return name
    .slice(0, longestCompared)
    .toLowerCase()
    .replace(/[\s_-]/g, '');
}

function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? 0;
