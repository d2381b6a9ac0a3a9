/** English text to that of another language. */
export type Words = Readonly<Record<string, string>>;

/** A sentence of the trainer in the language of the page; as it is where there is no translation. */
export type Translator = (sentence: string) => string;

interface Carrier {
  gradwatchWords?: Words;
  gradwatchSentences?: Translator;
}

/** The words of the page's language, from the script the host put before the page; none: English. */
export function pageWords(): Words {
  return (globalThis as Carrier).gradwatchWords ?? {};
}

/** The page's way to translate what the trainer says, from the same script; null: English. */
export function pageSentences(): Translator | null {
  return (globalThis as Carrier).gradwatchSentences ?? null;
}

export function setWords(words: Words, sentences: Translator): void {
  Object.assign(globalThis as Carrier, { gradwatchWords: words, gradwatchSentences: sentences });
}
