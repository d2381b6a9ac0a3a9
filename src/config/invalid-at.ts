import type { ConfigPath } from './config-path.js';
import type { ConfigProblem } from './config-problem.js';

/** A 'config-invalid' problem at a path; it points at the value unless told otherwise. */
export function invalidAt(path: ConfigPath, message: string, action: string, at: ConfigProblem['at'] = 'value'): ConfigProblem {
  return { code: 'config-invalid', path, at, message, action };
}
