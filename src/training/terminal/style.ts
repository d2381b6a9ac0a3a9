export type Paint = (text: string) => string;

/** Text styles of the terminal; each is the identity where there is no colour. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
  readonly green: Paint;
  readonly cyan: Paint;
}

/** Colour on a terminal, unless NO_COLOR is set (https://no-color.org). */
export function createStyle(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): Style {
  const colour = stream.isTTY === true && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
  const sgr =
    (on: number, off: number): Paint =>
    (text) =>
      colour ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { bold: sgr(1, 22), dim: sgr(2, 22), red: sgr(31, 39), yellow: sgr(33, 39), green: sgr(32, 39), cyan: sgr(36, 39) };
}
