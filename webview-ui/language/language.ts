import { pageWords } from './words.js';

const words = pageWords();

/** An English text in the language of the page, with the values in its `{0}`, `{1}`. A text without a translation stays English. */
export function say(english: string, ...values: (string | number)[]): string {
  return (words[english] ?? english).replace(/\{(\d+)\}/g, (hole, index: string) => String(values[Number(index)] ?? hole));
}
