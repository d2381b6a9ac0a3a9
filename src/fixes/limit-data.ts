import { formatNumber } from '../diagnosis/format-number.js';
import { evidenceNumber } from './evidence-number.js';
import type { FixKind } from './fix.js';

/**
 * Uses only as many rows as differ from each other, where most of the data repeats itself: an epoch then costs less and shows the
 * validation sooner. Not offered where the rows are limited already or fewer than half repeat.
 */
export const limitData: FixKind = {
  id: 'limit-data',
  make(finding, config) {
    const different = evidenceNumber(finding, 'different rows');
    const samples = evidenceNumber(finding, 'samples');
    if (different === null || samples === null || config.data.limit !== undefined || !(different < samples / 2)) return [];
    const rows = Math.max(2, Math.ceil(different / (1 - config.data.validationSplit)));
    return [
      {
        id: 'limit-data',
        title: `Use ${formatNumber(rows)} rows`,
        why: `Of ${formatNumber(samples)} training rows only ${formatNumber(different)} differ: the others repeat them.`,
        edits: [{ path: ['data', 'limit'], value: rows }],
        live: false,
      },
    ];
  },
};
