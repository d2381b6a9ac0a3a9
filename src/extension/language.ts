/** Puts an English text into the reader's language and the values into its `{0}`, `{1}`. */
export type Translate = (english: string, ...values: (string | number)[]) => string;

const english: Translate = (text, ...values) => text.replace(/\{(\d+)\}/g, (hole, index: string) => String(values[Number(index)] ?? hole));

let translate: Translate = english;

/** Sets the language of this process, as `vscode.l10n.t` knows it; English until then. */
export function setLanguage(of: Translate): void {
  translate = of;
}

/**
 * What `vscode.l10n.t` is for files that know nothing of VS Code. Call it when the text is shown, not when a module loads.
 * The English text is the key in `l10n/bundle.l10n.*.json`; one without a translation stays English.
 */
export const say: Translate = (text, ...values) => translate(text, ...values);
