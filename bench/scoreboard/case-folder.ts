import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** What is known of a case before it is trained; bench/cases/README.md says what the keys mean. */
export interface Expectation {
  class: string;
  expect?: string[];
  beforeHarm?: boolean;
  causes?: string[];
  repairable?: boolean;
  seedDependent?: boolean;
}

export interface ScoredCase extends Expectation {
  id: string;
  /** Name of the folder it is from. */
  folder: string;
  configFile: string;
}

/** The cases of a folder, in the order of its expected.json. Throws where the file is missing or names a fault without `expect`. */
export async function loadCases(folder: string): Promise<ScoredCase[]> {
  const expected = JSON.parse(await readFile(path.join(folder, 'expected.json'), 'utf8')) as Record<string, Expectation>;
  return Object.entries(expected).map(([id, expectation]) => {
    if (expectation.class !== 'healthy' && (expectation.expect ?? []).length === 0)
      throw new Error(`${path.join(folder, 'expected.json')}: "${id}" is faulty, but no finding is expected of it.`);
    return { ...expectation, id, folder: path.basename(folder), configFile: path.join(folder, `${id}.gradwatch.json`) };
  });
}
