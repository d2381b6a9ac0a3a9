import { medianOf } from './median.js';

/** The loss of one row of a batch, without penalties of other rows, in inference mode. */
export interface RowLoss {
  /** Place in the batch, from 0. */
  row: number;
  /** Row of the training split, from 0; null where that is not known. */
  sample: number | null;
  loss: number;
}

/** The rows of a batch that stand out. */
export interface UnusualRows {
  rows: RowLoss[];
  /** Median loss of all its rows. */
  median: number;
}

/** Loss of a row / median of the batch's rows from which it is unusual. */
const UNUSUAL_FACTOR = 5;
/** Rows named at most. */
const MOST_NAMED = 3;

/**
 * Which rows of the batch being judged are behind a leap of its gradient: those whose loss is no number while others' are, else
 * those above 5 x the median of all rows, largest first, three at most. Null where no row stands out (the batch or the weights are
 * bad as a whole) and where the rows are not at hand. Asks for a forward pass of every row: only at a finding.
 */
export function unusualRows({ rows: ask }: { rows?: () => readonly RowLoss[] }): UnusualRows | null {
  const all = ask?.() ?? [];
  const finite = all.filter(({ loss }) => Number.isFinite(loss));
  if (finite.length === 0) return null;
  const median = medianOf(finite.map(({ loss }) => loss));
  const bad = all.filter(({ loss }) => !Number.isFinite(loss));
  const unusual = bad.length > 0 ? bad : finite.filter(({ loss }) => loss > UNUSUAL_FACTOR * median).sort((a, b) => b.loss - a.loss);
  // A batch that is unusual by half has no single rows to blame.
  if (unusual.length === 0 || 2 * unusual.length > all.length) return null;
  return { rows: unusual.slice(0, MOST_NAMED), median };
}

/** "row 3 of the batch (training row 120)" */
export function namesOf({ rows }: UnusualRows): string {
  const places = rows.map(({ row }) => row).join(', ');
  const samples = rows.flatMap(({ sample }) => sample ?? []).join(', ');
  const plural = rows.length === 1 ? 'row' : 'rows';
  return `${plural} ${places} of the batch${samples === '' ? '' : ` (training ${plural} ${samples})`}`;
}

/** The same as named numbers: "batch row 1", "training row 1", "loss of row 1". */
export function rowEvidence({ rows, median }: UnusualRows): Record<string, number> {
  const evidence: Record<string, number> = { 'median loss of the rows': median };
  rows.forEach(({ row, sample, loss }, i) => {
    evidence[`batch row ${i + 1}`] = row;
    if (sample !== null) evidence[`training row ${i + 1}`] = sample;
    evidence[`loss of row ${i + 1}`] = loss;
  });
  return evidence;
}
