import { AppError } from '../config/app-error.js';

/**
 * What `read`, a call of parseArgs, gives. Throws AppError `arguments` with the action where it refuses: Node explains at length how to
 * pass such a value as a positional; the first sentence says what is wrong.
 */
export function parseOrRefuse<T>(read: () => T, action: string): T {
  try {
    return read();
  } catch (cause) {
    const [sentence = ''] = (cause as Error).message.split(/\.\s|\n/);
    throw new AppError('arguments', `${sentence.replace(/\.$/, '')}.`, action, {}, { cause });
  }
}
