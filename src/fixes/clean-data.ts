import type { FixKind } from './fix.js';

/** Drops the rows with empty or NaN cells. Not offered where the config says already what to do with them. */
export const cleanData: FixKind = {
  id: 'clean-data',
  make(_finding, config) {
    if (config.data.missing !== 'error') return [];
    return [
      {
        id: 'clean-data',
        title: 'Drop the rows with missing values',
        why: 'One NaN in a batch makes every gradient of that batch NaN, and after the update every weight.',
        edits: [{ path: ['data', 'missing'], value: 'drop' }],
        live: false,
      },
    ];
  },
};
