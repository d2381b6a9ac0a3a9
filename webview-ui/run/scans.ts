import type { NetSeries, RunStore } from './run-store.js';

/** A look through all rows of a run that goes on where it stopped, so that a redraw costs the new rows only. */
interface Scan {
  revision: number;
  /** Rows seen. */
  rows: number;
  /** The row found so far, or -1. */
  found: number;
}

const scans = new WeakMap<RunStore, Map<string, Scan>>();

function scanOf(store: RunStore, key: string): Scan {
  const ofStore = scans.get(store) ?? new Map<string, Scan>();
  scans.set(store, ofStore);
  const known = ofStore.get(key);
  if (known !== undefined && known.revision === store.revision) return known;
  const scan = { revision: store.revision, rows: 0, found: -1 };
  ofStore.set(key, scan);
  return scan;
}

/** Row of the largest finite value of a series, -1 without one. */
export function largestRow(store: RunStore, name: NetSeries): number {
  const scan = scanOf(store, name);
  const column = store.series(name);
  for (; scan.rows < store.count; scan.rows++)
    if (Number.isFinite(column[scan.rows]) && (scan.found < 0 || (column[scan.rows] as number) > (column[scan.found] as number)))
      scan.found = scan.rows;
  return scan.found;
}

/** Whether any row passes a test, which must stay the same for one `key` of a run. */
export function everTrue(store: RunStore, key: string, test: (row: number) => boolean): boolean {
  const scan = scanOf(store, key);
  for (; scan.found < 0 && scan.rows < store.count; scan.rows++) if (test(scan.rows)) scan.found = scan.rows;
  return scan.found >= 0;
}
