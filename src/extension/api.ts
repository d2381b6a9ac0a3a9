import type { Services } from './services.js';

/** What the extension exports: for its own tests, and read-only by convention. */
export interface GradwatchApi extends Services {
  /** Milliseconds `activate` took. */
  activationMs: number;
}
