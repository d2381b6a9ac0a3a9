/*
 * The specs of tfjs-core are written for jasmine and expect its functions as globals. Import this before them.
 */
// @ts-expect-error: jasmine-core has no types; the interfaces below say what is used of it.
import * as jasmineCore from 'jasmine-core/lib/jasmine-core/jasmine.js';

/** What is read of a finished spec. */
export interface SpecResult {
  fullName: string;
  status: 'passed' | 'failed' | 'pending' | 'excluded';
  failedExpectations: { message: string }[];
}

interface JasmineEnv {
  configure(options: { random: boolean }): void;
  addReporter(reporter: { specDone(result: SpecResult): void }): void;
  execute(): Promise<unknown>;
}

interface JasmineRequire {
  core(self: JasmineRequire): { getEnv(): JasmineEnv };
  interface(jasmine: object, env: JasmineEnv): object;
}

const build = (jasmineCore as { default: JasmineRequire }).default;
const jasmine = build.core(build);

export const jasmineEnv = jasmine.getEnv();
Object.assign(globalThis, build.interface(jasmine, jasmineEnv), { jasmine });
