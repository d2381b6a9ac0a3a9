import { CHINESE } from './chinese.js';

/** The words of the page's language: that of `<html lang>`, which the host sets. English where there is no page. */
const words: Readonly<Record<string, string>> = typeof document !== 'undefined' && isChinese(document.documentElement.lang) ? CHINESE : {};

/** Simplified Chinese, as VS Code and browsers name it. */
function isChinese(language: string): boolean {
  return /^zh(-cn|-hans.*)?$/i.test(language);
}

/** An English text in the language of the page, with the values in its `{0}`, `{1}`. A text without a translation stays English. */
export function say(english: string, ...values: (string | number)[]): string {
  return (words[english] ?? english).replace(/\{(\d+)\}/g, (hole, index: string) => String(values[Number(index)] ?? hole));
}
