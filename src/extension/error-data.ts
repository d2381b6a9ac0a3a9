import { AppError, type ErrorData } from '../config/app-error.js';
import { say } from './language.js';

/** What was thrown or sent, as the data of an AppError. */
export function asErrorData(error: unknown): ErrorData {
  if (AppError.is(error)) return error.toJSON();
  if (isErrorData(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new AppError(
    'internal',
    say('Something inside Gradwatch went wrong: {0}', text),
    say('Open the log; it has the details.'),
  ).toJSON();
}

function isErrorData(value: unknown): value is ErrorData {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value && 'action' in value && 'place' in value;
}
