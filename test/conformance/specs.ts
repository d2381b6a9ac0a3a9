/*
 * End of the bundle that bundle.ts makes: runs all specs, which were imported before it, and writes the outcome of each as
 * JSON to the file CONFORMANCE_RESULTS.
 */
import { writeFileSync } from 'node:fs';
import { jasmineEnv, type SpecResult } from './jasmine-globals.js';

/** Each spec by its full name: null where it passed, else the first line of why not. */
const outcomes: Record<string, string | null> = {};

function firstLine({ failedExpectations }: SpecResult): string {
  return failedExpectations[0]?.message.split('\n', 1)[0]?.slice(0, 200) ?? 'no expectation failed';
}

jasmineEnv.configure({ random: false });
jasmineEnv.addReporter({
  specDone: (result) => {
    if (result.status === 'passed') outcomes[unique(result.fullName)] = null;
    if (result.status === 'failed') outcomes[unique(result.fullName)] = firstLine(result);
  },
});

/** Some specs have the same name: the second one gets " (2)". */
function unique(name: string): string {
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : `${name} (${n})`;
    if (!(candidate in outcomes)) return candidate;
  }
}

await jasmineEnv.execute();
writeFileSync(process.env.CONFORMANCE_RESULTS ?? '', JSON.stringify(outcomes));
process.exit(0);
