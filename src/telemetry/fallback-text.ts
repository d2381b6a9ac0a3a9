import type { FallbackEvent } from './events.js';

/** A fallback as a line for readers: a note, for nothing is wrong, only slower. */
export function fallbackLine({ layer, reason }: FallbackEvent): string {
  const what = layer === null ? 'the optimizer' : `layer "${layer}"`;
  return `note: ${what} runs without Gradwatch's fast kernels: it ${reason}`;
}
