import { formatNumber } from '../diagnosis/format-number.js';
import { evidenceNumber } from './evidence-number.js';
import type { FixKind } from './fix.js';

const FACTOR = 4;
/** Rows below which a gradient is mostly noise. */
const SMALLEST = 16;
/** Rows up to which a batch is small. */
const LARGEST = 64;

/**
 * Four times as many rows per update, at least 16: the noise of the gradient halves. Not offered for batches of 64 rows or more, or
 * of the whole data. Source: McCandlish et al. 2018, arXiv 1812.06162.
 */
export const increaseBatch: FixKind = {
  id: 'increase-batch',
  make(finding, config) {
    const { batchSize } = config.training;
    const samples = evidenceNumber(finding, 'samples') ?? Infinity;
    if (batchSize >= LARGEST || batchSize >= samples) return [];
    const value = Math.min(LARGEST, Math.max(SMALLEST, FACTOR * batchSize));
    return [
      {
        id: 'increase-batch',
        title: `Use batches of ${formatNumber(value)} rows`,
        why: `A gradient over ${formatNumber(value)} rows instead of ${formatNumber(batchSize)} has ${formatNumber(Math.sqrt(value / batchSize))} times less noise (McCandlish et al. 2018).`,
        edits: [{ path: ['training', 'batchSize'], value }],
        live: false,
      },
    ];
  },
};
