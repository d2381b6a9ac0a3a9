/** One line of the preview of a change. */
export interface PreviewLine {
  kind: 'remove' | 'add' | 'context';
  /** 1-based line in the config before (remove, context) or after (add) the edits. */
  line: number;
  text: string;
}

/** Beyond so many pairs of lines the whole stretch is shown as removed and added. */
const maxPairs = 4_000_000;

/** The lines of a text, without their ends. */
export const splitLines = (text: string): string[] => text.split(/\r\n|\n|\r/);

/** Longest common subsequence of the lines, after the common head and tail are set aside. */
export function lineDiff(before: readonly string[], after: readonly string[], context: number): PreviewLine[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < Math.min(before.length, after.length) - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const middle = diffMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail), head);
  const lines: PreviewLine[] = [
    ...before.slice(0, head).map((text, i) => ({ kind: 'context' as const, line: i + 1, text })),
    ...middle,
    ...before.slice(before.length - tail).map((text, i) => ({ kind: 'context' as const, line: before.length - tail + i + 1, text })),
  ];
  const changed = lines.flatMap((line, index) => (line.kind === 'context' ? [] : [index]));
  return lines.filter((line, index) => line.kind !== 'context' || changed.some((at) => Math.abs(at - index) <= context));
}

function diffMiddle(before: readonly string[], after: readonly string[], offset: number): PreviewLine[] {
  const removed = (i: number): PreviewLine => ({ kind: 'remove', line: offset + i + 1, text: before[i] ?? '' });
  const added = (j: number): PreviewLine => ({ kind: 'add', line: offset + j + 1, text: after[j] ?? '' });
  if (before.length * after.length > maxPairs) return [...before.map((_, i) => removed(i)), ...after.map((_, j) => added(j))];
  const common = commonLengths(before, after);
  const lines: PreviewLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ kind: 'context', line: offset + i + 1, text: before[i] ?? '' });
      i++;
      j++;
    } else if (i < before.length && (j >= after.length || (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0))) lines.push(removed(i++));
    else lines.push(added(j++));
  }
  return lines;
}

/** common[i][j]: length of the longest common subsequence of before[i..] and after[j..]. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint32Array[] {
  const common = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    const [row, below] = [common[i], common[i + 1]];
    if (row === undefined || below === undefined) continue;
    for (let j = after.length - 1; j >= 0; j--) {
      row[j] = before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return common;
}
