import { createScanner, type Node } from 'jsonc-parser';
import { properties } from './jsonc-tree.js';

/** How a JSON text is written, so that what is added looks as if its author had written it. */
export interface TextStyle {
  /** Line end of the text. */
  eol: string;
  /** One level of indentation. */
  indent: string;
  /** Small objects and lists are written on one line. */
  inline: boolean;
}

/** Kinds of token of jsonc-parser's scanner, which exports them as a const enum only. */
const Token = { comma: 5, lineComment: 12, blockComment: 13, lineBreak: 14, trivia: 15 } as const;

const defaultIndent = '  ';
/** Longer values are not put on one line. */
const longestInline = 100;

/** Line ends, indentation and habit of a text, from what it already holds. */
export function detectStyle(text: string, root: Node): TextStyle {
  const eol = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  const isOneLine = !spansLines(text, root);
  const child = root.type === 'object' ? properties(root)[0]?.property : root.children?.[0];
  const own = indentOfLine(text, root.offset);
  const deeper = child === undefined || isOneLine ? '' : indentOfLine(text, child.offset);
  const indent = deeper.startsWith(own) && deeper.length > own.length ? deeper.slice(own.length) : defaultIndent;
  return { eol, indent, inline: isOneLine || hasInlineContainer(text, root) };
}

function hasInlineContainer(text: string, root: Node): boolean {
  return (root.children ?? []).some((child) => {
    const isContainer = (child.type === 'object' || child.type === 'array') && (child.children?.length ?? 0) > 0;
    return (isContainer && !spansLines(text, child)) || hasInlineContainer(text, child);
  });
}

export function spansLines(text: string, node: Node): boolean {
  return /[\r\n]/.test(text.slice(node.offset, node.offset + node.length));
}

/** White space at the start of the line of an offset. */
export function indentOfLine(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? '';
}

export function lineStart(text: string, offset: number): number {
  return Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
}

/** JSON of a value, its first line without indentation, the others below `indent`. On one line where the style wants and it fits. */
export function renderValue(value: unknown, style: TextStyle, indent: string, inline = style.inline): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (inline) {
    const line = renderInline(value);
    if (line.length <= longestInline) return line;
  }
  const entries = Object.entries(value);
  const isList = Array.isArray(value);
  if (entries.length === 0) return isList ? '[]' : '{}';
  const inner = indent + style.indent;
  const rendered = entries.map(([key, entry]) => {
    const shown = renderValue(entry, style, inner, inline);
    return inner + (isList ? shown : `${JSON.stringify(key)}: ${shown}`);
  });
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  return `${open}${style.eol}${rendered.join(`,${style.eol}`)}${style.eol}${indent}${close}`;
}

function renderInline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(renderInline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${renderInline(entry)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** What stands between an offset and the next token that is neither space nor comment. */
export interface Gap {
  /** Offset of a comma, if that is the next token. */
  comma: number | null;
  /** End of the last comment on the line of the start offset, or the start offset. */
  lineEnd: number;
  /** That comment runs to the end of its line. */
  endsInLineComment: boolean;
  /** End of the last comment, wherever, or the start offset. */
  commentsEnd: number;
  lastIsLineComment: boolean;
  hasLineBreak: boolean;
  hasComment: boolean;
  /** Offset of the next token. */
  end: number;
}

export function gapAfter(text: string, from: number): Gap {
  const scanner = createScanner(text, false);
  scanner.setPosition(from);
  const gap: Gap = {
    comma: null,
    lineEnd: from,
    endsInLineComment: false,
    commentsEnd: from,
    lastIsLineComment: false,
    hasLineBreak: false,
    hasComment: false,
    end: from,
  };
  for (;;) {
    const token: number = scanner.scan();
    const start = scanner.getTokenOffset();
    const end = start + scanner.getTokenLength();
    if (token === Token.lineComment || token === Token.blockComment) {
      if (!gap.hasLineBreak) {
        gap.lineEnd = end;
        gap.endsInLineComment = token === Token.lineComment;
      }
      gap.hasComment = true;
      gap.commentsEnd = end;
      gap.lastIsLineComment = token === Token.lineComment;
      if (/[\r\n]/.test(text.slice(start, end))) gap.hasLineBreak = true;
    } else if (token === Token.lineBreak) gap.hasLineBreak = true;
    else if (token !== Token.trivia) {
      return { ...gap, comma: token === Token.comma ? start : null, end: start };
    }
  }
}
