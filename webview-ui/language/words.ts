/** English text to that of another language. */
export type Words = Readonly<Record<string, string>>;

interface Carrier {
  gradwatchWords?: Words;
}

/** The words of the page's language, from the script the host put before the page; none: English. */
export function pageWords(): Words {
  return (globalThis as Carrier).gradwatchWords ?? {};
}

export function setWords(words: Words): void {
  (globalThis as Carrier).gradwatchWords = words;
}
