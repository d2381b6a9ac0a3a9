import { pageSentences, pageWords } from './words.js';

const words = pageWords();
const sentences = pageSentences();

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

/** What the trainer says, a finding, a fix or a reason with its values in it, in the language of the page; English where it has none. */
export function sayMessage(english: string): string {
  return sentences === null ? english : sentences(english);
}

function inWords(text: string, values: (string | number)[]): string {
  return text.replace(/\{(\d+)\}/g, (hole, index: string) => String(values[Number(index)] ?? hole));
}
