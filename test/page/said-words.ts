import type { Page } from 'playwright-core';

declare global {
  interface Window {
    /** Every text value the host has sent. */
    sentTexts: Set<string>;
  }
}

/** Fields of messages whose values are keys; the page has its own words for them. */
const KEY_FIELDS = ['event', 'state', 'status', 'severity', 'phase', 'verdict', 'past'];

/** Gives the page a language in which everything that is said stands in brackets, and keeps what the host sends. Before the page is opened. */
export async function speakInBrackets(page: Page): Promise<void> {
  await page.addInitScript((keyFields: string[]) => {
    const words = new Proxy({}, { get: (_, key) => (key === 'en-GB' ? 'en-GB' : `⟦${String(key)}⟧`) });
    Object.assign(window, { gradwatchWords: words, sentTexts: new Set<string>() });
    // The keys of a config are the reader's words too.
    const keep = (value: unknown, keys = false): void => {
      if (typeof value === 'string') window.sentTexts.add(value);
      else if (typeof value === 'object' && value !== null)
        for (const [key, inner] of Object.entries(value)) {
          if (keys) window.sentTexts.add(key);
          if (!keyFields.includes(key)) keep(inner, keys || key === 'config');
        }
    };
    addEventListener('message', (event) => keep(event.data));
  }, KEY_FIELDS);
}

/** Texts and read attributes of the page with words that are neither in brackets nor in what the host has sent. */
export function wordsUnsaid(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const sent = [...window.sentTexts].join('\n');
    const outside = (text: string): string => {
      let depth = 0;
      let rest = '';
      for (const character of text) {
        if (character === '⟦') depth++;
        else if (character === '⟧') depth--;
        else if (depth === 0) rest += character;
        if (character === '⟧') rest += ' ';
      }
      return rest;
    };
    const isUnsaid = (text: string) =>
      outside(text)
        .replace(/(?<![\p{L}_])[\d.,]+(e-?\d+)?/gu, '\u0001')
        .split(/[^\p{L}\p{N}_ '-]+/u)
        .map((piece) => piece.trim())
        .some((piece) => /\p{L}{2,}/u.test(piece) && !/^(Inf|NaN|Jan)$/.test(piece) && !sent.includes(piece));
    const found = new Set<string>();
    const take = (text: string | null) => text !== null && isUnsaid(text) && found.add(text.trim());
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node instanceof Element ? node : node.parentElement;
      if (element === null || element.closest('script, style') !== null) continue;
      if (node instanceof Text) take(node.data);
      else for (const name of ['aria-label', 'aria-description', 'title', 'placeholder', 'alt']) take(element.getAttribute(name));
    }
    return [...found];
  });
}
