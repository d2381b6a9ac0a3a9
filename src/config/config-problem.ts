import type { ConfigPath } from './config-path.js';

/** Something wrong in a config, before it has a line and column. */
export interface ConfigProblem {
  code: 'config-syntax' | 'config-invalid';
  /** Path of the key it is about. */
  path: ConfigPath;
  /** What to point at: the key or the value at `path`, the key of the object around it (for a missing key), or an offset. */
  at: 'key' | 'value' | 'parent' | { offset: number };
  /** One sentence. */
  message: string;
  /** One sentence. */
  action: string;
}
