import { AppError } from '../../config/app-error.js';

export const INTERNAL_ERROR = 1;
export const BAD_INPUT = 2;
/** Errors of one config that are shown at once. */
const MAX_ERRORS = 20;

/** An error for the terminal: `file:line:column: message action` for each; the stack only when debugging. */
export function errorLines(error: unknown, debug: boolean): string[] {
  const lines = AppError.is(error) ? [error, ...othersOf(error)].slice(0, MAX_ERRORS).map((e) => e.format()) : [internal(error)];
  if (debug && error instanceof Error) lines.push(error.stack ?? '');
  return lines;
}

/** 2 for what the user can correct, 1 for what only we can. */
export function exitCodeOf(error: unknown): number {
  return AppError.is(error) && error.code !== 'internal' && error.code !== 'trainer-crashed' ? BAD_INPUT : INTERNAL_ERROR;
}

function othersOf(error: AppError): AppError[] {
  const { cause } = error;
  return cause instanceof AggregateError ? cause.errors.filter((other): other is AppError => AppError.is(other)) : [];
}

function internal(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `Internal error: ${message} Set GRADWATCH_DEBUG=1 to see where, and report it.`;
}
