import type { Translator, Words } from './words.js';

interface Pattern {
  shape: RegExp;
  /** Numbers of the holes, in the order of the English. */
  holes: number[];
  translation: string;
}

/**
 * Translates sentences whose values are already in them: each English pattern with holes ("The first update would multiply the loss
 * by {0}") is matched with the text, line by line, and its values are put into the translation. A value that is one of `phrases`
 * ("the hidden layer") is translated too; names and numbers pass through. A line no pattern fits stays as it is.
 */
export function translator(patterns: Words, phrases: Words): Translator {
  const phrase = lineTranslator(compiled(phrases), (value) => value);
  const line = lineTranslator(compiled(patterns), phrase);
  return (text) => text.split('\n').map(line).join('\n');
}

function lineTranslator(patterns: readonly Pattern[], inHole: Translator): Translator {
  return (line) => {
    for (const { shape, holes, translation } of patterns) {
      const found = shape.exec(line);
      if (found === null) continue;
      const values = new Map(holes.map((hole, i) => [hole, inHole(found[i + 1] ?? '')]));
      return translation.replace(/\{(\d+)\}/g, (whole, hole: string) => values.get(Number(hole)) ?? whole);
    }
    return line;
  };
}

function compiled(words: Words): Pattern[] {
  return Object.entries(words)
    .sort(([a], [b]) => fixedLength(b) - fixedLength(a))
    .map(([english, translation]) => compile(english, translation));
}

/** A pattern with so few letters of its own fits other sentences too, unless what is in its holes is one word each. */
const SHORT = 8;

/** The pattern with the most words of its own is the most exact one. */
function fixedLength(english: string): number {
  return english.replace(/\{\d+\}/g, '').length;
}

function compile(english: string, translation: string): Pattern {
  const parts = english.split(/\{(\d+)\}/);
  const hole = fixedLength(english) < SHORT ? '(\\S+?)' : '(.+?)';
  const source = parts.map((part, i) => (i % 2 === 1 ? hole : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return { shape: new RegExp(`^${source.join('')}$`), holes: parts.filter((_, i) => i % 2 === 1).map(Number), translation };
}
