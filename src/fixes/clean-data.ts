import type { Config } from '../config/config-schema.js';
import type { FindingEvent } from '../telemetry/events.js';
import type { Fix, FixKind } from './fix.js';

/**
 * Cleans what the finding names: leaves a column out that is constant or repeats another, where data.features lists it; drops the
 * rows with empty or NaN cells, where the finding is about such numbers and the config does not say what to do with them.
 */
export const cleanData: FixKind = {
  id: 'clean-data',
  make(finding, config) {
    return finding.id === 'bad-data' ? withoutColumn(finding, config) : withoutMissing(config);
  },
};

function withoutColumn({ evidence }: FindingEvent, { data }: Config): Fix[] {
  const { features = [] } = data;
  for (const [key, why] of [
    ['first constant column', 'It is the same in every row, so it tells nothing.'],
    ['first repeated column', 'It holds the numbers of another column, so it tells nothing new.'],
  ] as const) {
    const index = features.indexOf(String(evidence[key]));
    if (index < 0 || features.length < 2) continue;
    const edits = [{ path: ['data', 'features', index], remove: true as const }];
    return [{ id: 'clean-data', title: `Leave out the column "${String(evidence[key])}"`, why, edits, live: false }];
  }
  return [];
}

function withoutMissing({ data }: Config): Fix[] {
  if (data.missing !== 'error') return [];
  return [
    {
      id: 'clean-data',
      title: 'Drop the rows with missing values',
      why: 'One NaN in a batch makes every gradient of that batch NaN, and after the update every weight.',
      edits: [{ path: ['data', 'missing'], value: 'drop' }],
      live: false,
    },
  ];
}
