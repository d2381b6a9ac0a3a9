import { pageWords } from './words.js';

const words = pageWords();

/** An English text in the language of the page, with the values in its `{0}`, `{1}`. A text without a translation stays English. */
export function say(english: string, ...values: (string | number)[]): string {
  return inWords(words[english] ?? english, values);
}

/**
 * The same for a name that is only known when the page runs: a state, a metric, a piece of evidence. What has no translation is
 * a name of the reader's own, or new, and stays as it is.
 */
export function sayName(english: string): string {
  return words[english] ?? english;
}

function inWords(text: string, values: (string | number)[]): string {
  return text.replace(/\{(\d+)\}/g, (hole, index: string) => String(values[Number(index)] ?? hole));
}
