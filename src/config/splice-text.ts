/** Replaces `length` UTF-16 units at `offset` with `content`: the shape of jsonc-parser's and the editor's edits. */
export interface TextEdit {
  offset: number;
  length: number;
  content: string;
}

/** A stretch of the original text, or text that has been put in. */
type Piece = { from: number; to: number } | { added: string };

/**
 * A text under edits that follow each other, and the sum of them in terms of the original text (a piece table).
 */
export class SplicedText {
  private pieces: Piece[];
  private current: string;

  constructor(private readonly original: string) {
    this.pieces = [{ from: 0, to: original.length }];
    this.current = original;
  }

  get text(): string {
    return this.current;
  }

  /** Applies one edit; its offset is that of the text as it is now. */
  splice({ offset, length, content }: TextEdit): void {
    const before = this.cut(0, offset);
    const after = this.cut(offset + length, this.current.length);
    this.pieces = [...before, ...(content === '' ? [] : [{ added: content }]), ...after];
    this.current = this.current.slice(0, offset) + content + this.current.slice(offset + length);
  }

  /** All edits so far as edits of the original text: ascending, not touching each other. */
  edits(): TextEdit[] {
    const edits: TextEdit[] = [];
    let at = 0;
    let content = '';
    const flush = (to: number): void => {
      if (to > at || content !== '') edits.push({ offset: at, length: to - at, content });
      content = '';
    };
    for (const piece of this.pieces) {
      if ('added' in piece) content += piece.added;
      else {
        flush(piece.from);
        at = piece.to;
      }
    }
    flush(this.original.length);
    return edits;
  }

  /** Pieces of the stretch from..to of the present text. */
  private cut(from: number, to: number): Piece[] {
    const pieces: Piece[] = [];
    let at = 0;
    for (const piece of this.pieces) {
      const size = 'added' in piece ? piece.added.length : piece.to - piece.from;
      const start = Math.max(0, from - at);
      const end = Math.min(size, to - at);
      if (end > start) {
        pieces.push('added' in piece ? { added: piece.added.slice(start, end) } : { from: piece.from + start, to: piece.from + end });
      }
      at += size;
    }
    return pieces;
  }
}

/** Applies edits that are ascending and do not overlap. */
export function applyTextEdits(text: string, edits: readonly TextEdit[]): string {
  return [...edits].reverse().reduce((t, { offset, length, content }) => t.slice(0, offset) + content + t.slice(offset + length), text);
}
