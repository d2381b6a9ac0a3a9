/** Characters as wide as they are high. */
const WIDE = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/;
/** Height and width of those, in the 11 px of labels and ticks. */
const WIDE_PIXELS = 11;

/** Width in pixels of a label in 11 px, on the generous side; `character` is that of a Latin one. */
export function labelWidth(text: string, character: number): number {
  return [...text].reduce((width, letter) => width + (WIDE.test(letter) ? WIDE_PIXELS : character), 0);
}
