import path from 'node:path';
import { parseArgs } from 'node:util';

/** What a scoreboard is asked for. */
export interface ScoreOptions {
  /** Folders of cases, absolute. */
  folders: string[];
  seeds: number[];
  /** Beginnings of the ids of the cases wanted; none: all. */
  only: string[];
  json: string;
  markdown: string | null;
}

/** The defaults of one scoreboard. */
export type ScoreDefaults = Pick<ScoreOptions, 'folders' | 'seeds' | 'json'>;

/**
 * `--cases DIR` (may be repeated), `--seeds N` (1 to N), `--only PREFIX,...`, `--json FILE`, `--markdown FILE`.
 * @throws Error where `--seeds` is no number of seeds
 */
export function readOptions(args: string[], defaults: ScoreDefaults): ScoreOptions {
  const { values } = parseArgs({
    args,
    options: {
      cases: { type: 'string', multiple: true, default: defaults.folders },
      seeds: { type: 'string' },
      only: { type: 'string', default: '' },
      json: { type: 'string', default: defaults.json },
      markdown: { type: 'string' },
    },
  });
  const seeds = Number(values.seeds ?? 1);
  if (!Number.isInteger(seeds) || seeds < 1) throw new Error('--seeds takes the number of seeds, for example 3.');
  return {
    folders: values.cases.map((folder) => path.resolve(folder)),
    seeds: values.seeds === undefined ? defaults.seeds : Array.from({ length: seeds }, (_, i) => i + 1),
    only: values.only.split(',').filter((prefix) => prefix !== ''),
    json: path.resolve(values.json),
    markdown: values.markdown === undefined ? null : path.resolve(values.markdown),
  };
}

/** Whether a case is among those wanted. */
export function isWanted({ id }: { id: string }, { only }: Pick<ScoreOptions, 'only'>): boolean {
  return only.length === 0 || only.some((prefix) => id.startsWith(prefix));
}
