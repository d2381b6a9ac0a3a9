import { findNodeAtLocation, type Node } from 'jsonc-parser';
import type { ConfigPath } from './config-path.js';
import { ByteOrderMark, parseJsonc } from './jsonc-tree.js';

/** A stretch of a text. Offsets are 0-based UTF-16 units, the end exclusive; lines and columns are 1-based. */
export interface TextRange {
  start: number;
  end: number;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** Where a config path stands: the whole `"key": value`, and its two parts. */
export interface ConfigRange extends TextRange {
  /** The path found: the one asked for, or its nearest existing ancestor. */
  path: ConfigPath;
  /** The key with its quotes; null for list entries and the root. */
  key: TextRange | null;
  value: TextRange;
}

export interface LocateOptions {
  /** Where the path does not exist, take its nearest existing ancestor (at last the root). Default false. */
  nearest?: boolean;
}

/**
 * Finds a config path in the text. Works on text with syntax errors as far as it can be read.
 * Null where the path does not exist (with `nearest`: only where the text holds nothing at all).
 */
export function locate(text: string, path: ConfigPath, options: LocateOptions = {}): ConfigRange | null {
  const { root } = parseJsonc(text);
  return root === undefined ? null : locateIn(root, new LineIndex(text), path, options);
}

/** As `locate`, for a tree and line index that are already there. */
export function locateIn(root: Node, lines: LineIndex, path: ConfigPath, options: LocateOptions = {}): ConfigRange | null {
  for (let length = path.length; length >= 0; length--) {
    const found = path.slice(0, length);
    const node = findNodeAtLocation(root, found);
    if (node !== undefined) return rangeOf(node, lines, found);
    if (options.nearest !== true) return null;
  }
  return null;
}

function rangeOf(node: Node, lines: LineIndex, path: ConfigPath): ConfigRange {
  const property = node.parent?.type === 'property' ? node.parent : null;
  const keyNode = property?.children?.[0];
  const value = lines.range(node.offset, node.offset + node.length);
  const whole = property === null ? value : lines.range(property.offset, node.offset + node.length);
  const key = keyNode === undefined ? null : lines.range(keyNode.offset, keyNode.offset + keyNode.length);
  return { ...whole, path, key, value };
}

/** Offsets of a text as lines and columns. Lines end with \n, \r\n or \r, as in editors. */
export class LineIndex {
  private readonly starts: number[] = [0];
  /** A byte order mark is no column: editors do not show it. */
  private readonly hidden: number;

  constructor(text: string) {
    this.hidden = text.startsWith(ByteOrderMark) ? 1 : 0;
    for (const match of text.matchAll(/\r\n|\n|\r/g)) this.starts.push(match.index + match[0].length);
  }

  /** 1-based line and column of a 0-based offset. */
  at(offset: number): { line: number; column: number } {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const column = offset - (this.starts[low] ?? 0) + 1 - (low === 0 ? this.hidden : 0);
    return { line: low + 1, column: Math.max(1, column) };
  }

  range(start: number, end: number): TextRange {
    const to = this.at(end);
    return { start, end, ...this.at(start), endLine: to.line, endColumn: to.column };
  }
}
