import { findNodeAtLocation, type Node } from 'jsonc-parser';
import type { ConfigEdit, ConfigPath } from './config-path.js';
import { nodeValue, parseJsonc, properties } from './jsonc-tree.js';
import type { TextEdit } from './splice-text.js';
import { detectStyle, gapAfter, indentOfLine, lineStart, renderValue, spansLines, type TextStyle } from './text-layout.js';

/*
 * Edits of JSON with comments that leave everything else as it is. jsonc-parser's `modify` cannot do this: it formats
 * the lines around, drops comments beside a removed key, moves the comment behind the last key to the key that is added,
 * and leaves a lone comma where the only entry had a trailing one.
 */

/** Why an edit cannot be made. */
export class EditRefused extends Error {}

/**
 * Text edits for one change of a JSON text without syntax errors, ascending. None where nothing changes.
 * @throws EditRefused where the path leads through a value that is neither object nor list, or past the end of a list.
 */
export function treeEdits(text: string, edit: ConfigEdit): TextEdit[] {
  const { root } = parseJsonc(text);
  if (root === undefined) throw new EditRefused('the text is empty');
  const style = detectStyle(text, root);
  if ('remove' in edit) {
    const node = findNodeAtLocation(root, [...edit.path]);
    if (node === undefined) return [];
    if (node === root) throw new EditRefused('the whole config cannot be removed');
    return removal(text, node);
  }
  const target = edit.insert === true ? undefined : findNodeAtLocation(root, [...edit.path]);
  return target === undefined ? insertion(text, root, edit, style) : replacement(text, target, edit.value, style);
}

/** Sets a value in place. Of two objects, or two lists of one length, only what differs is touched: comments inside stay. */
function replacement(text: string, node: Node, value: unknown, style: TextStyle): TextEdit[] {
  if (JSON.stringify(nodeValue(node)) === JSON.stringify(value)) return [];
  if (node.type === 'array' && Array.isArray(value) && node.children?.length === value.length) {
    return node.children.flatMap((child, index) => replacement(text, child, value[index], style));
  }
  if (node.type === 'object' && isObject(value) && canMerge(node, value)) {
    return properties(node).flatMap(({ key, value: old }) => replacement(text, old, value[key.value as string], style));
  }
  const inline = style.inline && !(isContainer(node) && spansLines(text, node));
  return [{ offset: node.offset, length: node.length, content: renderValue(value, style, indentOfLine(text, node.offset), inline) }];
}

/** The keys are the same: a change of keys goes through `removal` and `insertion`, one at a time. */
function canMerge(node: Node, value: Record<string, unknown>): boolean {
  const keys = properties(node).map(({ key }) => key.value as string);
  return keys.length === Object.keys(value).length && keys.every((key) => Object.hasOwn(value, key));
}

/** A change of keys of an existing object as single changes, so that its comments stay; other edits as they are. */
export function splitEdit(text: string, edit: ConfigEdit): ConfigEdit[] {
  if ('remove' in edit || edit.insert === true || !isObject(edit.value)) return [edit];
  const { root } = parseJsonc(text);
  const node = root && findNodeAtLocation(root, [...edit.path]);
  if (node?.type !== 'object' || (node.children?.length ?? 0) === 0) return [edit];
  const wanted = edit.value;
  const keys = properties(node).map(({ key }) => key.value as string);
  if (!keys.some((key) => Object.hasOwn(wanted, key))) return [edit];
  const gone = keys.filter((key) => !Object.hasOwn(wanted, key)).map((key) => ({ path: [...edit.path, key], remove: true as const }));
  const set = Object.entries(wanted).flatMap(([key, value]) => splitEdit(text, { path: [...edit.path, key], value }));
  return [...set, ...gone];
}

function insertion(text: string, root: Node, edit: { path: ConfigPath; value: unknown }, style: TextStyle): TextEdit[] {
  let depth = edit.path.length - 1;
  let parent = findNodeAtLocation(root, edit.path.slice(0, depth));
  while (parent === undefined && depth > 0) parent = findNodeAtLocation(root, edit.path.slice(0, --depth));
  const key = edit.path[depth];
  if (parent === undefined || key === undefined) throw new EditRefused('the whole config cannot be inserted');
  const value = edit.path.slice(depth + 1).reduceRight<unknown>((inner, part) => {
    if (typeof part === 'string') return { [part]: inner };
    if (part !== 0) throw new EditRefused(`there is no entry ${part} to set`);
    return [inner];
  }, edit.value);
  const count = parent.children?.length ?? 0;
  if (parent.type === 'object' && typeof key === 'string') return insertChild(text, parent, count, { key, value }, style);
  if (parent.type === 'array' && typeof key === 'number') {
    if (!Number.isInteger(key) || key < 0 || key > count)
      throw new EditRefused(`the list has ${count} entries, so there is no place ${key}`);
    return insertChild(text, parent, key, { value }, style);
  }
  throw new EditRefused(
    `"${String(key)}" cannot be put into ${parent.type === 'object' ? 'an object' : parent.type === 'array' ? 'a list' : 'a plain value'}`,
  );
}

function insertChild(text: string, parent: Node, index: number, child: { key?: string; value: unknown }, style: TextStyle): TextEdit[] {
  const children = parent.children ?? [];
  const previous = children[index - 1];
  const opening = gapAfter(text, parent.offset + 1);
  const first = children[0];
  const ownLines = first === undefined ? opening.hasLineBreak || opening.lastIsLineComment : opening.hasLineBreak;
  const closingIndent = indentOfLine(text, parent.offset);
  const indent = first !== undefined && ownLines ? indentOfLine(text, first.offset) : closingIndent + style.indent;
  const rendered = renderValue(child.value, style, ownLines ? indent : closingIndent, ownLines ? style.inline : true);
  const content = child.key === undefined ? rendered : `${JSON.stringify(child.key)}: ${rendered}`;
  const newLine = style.eol + indent;

  if (first === undefined) return [fillEmpty(text, parent, content, ownLines ? { newLine, closing: style.eol + closingIndent } : null)];
  if (previous === undefined) {
    if (ownLines) return [{ offset: opening.lineEnd, length: 0, content: `${newLine}${content},` }];
    const space = /^[ \t]*/.exec(text.slice(parent.offset + 1))?.[0].length ?? 0;
    return [{ offset: parent.offset + 1 + space, length: 0, content: `${content}, ` }];
  }
  const end = previous.offset + previous.length;
  const gap = gapAfter(text, end);
  const behind = gap.comma === null ? gap : gapAfter(text, gap.comma + 1);
  const separate = ownLines || behind.endsInLineComment ? newLine : ' ';
  // With a comma behind the previous entry, the new one takes a comma with it: a trailing one, or that of the next entry.
  if (gap.comma !== null) return [{ offset: behind.lineEnd, length: 0, content: `${separate}${content},` }];
  // Block comments stay before the comma, beside their value; a line comment leaves no place behind it.
  if (!gap.endsInLineComment) return [{ offset: gap.lineEnd, length: 0, content: `,${separate}${content}` }];
  return [
    { offset: end, length: 0, content: ',' },
    { offset: gap.lineEnd, length: 0, content: `${separate}${content}` },
  ];
}

/** The first entry of an empty object or list, behind the comments in it. */
function fillEmpty(text: string, parent: Node, content: string, lines: { newLine: string; closing: string } | null): TextEdit {
  const gap = gapAfter(text, parent.offset + 1);
  if (lines !== null)
    return { offset: gap.commentsEnd, length: gap.end - gap.commentsEnd, content: lines.newLine + content + lines.closing };
  const pad = parent.type === 'object' ? ' ' : '';
  const before = gap.hasComment ? ' ' : pad;
  return { offset: gap.commentsEnd, length: gap.end - gap.commentsEnd, content: before + content + pad };
}

/** Takes an entry out with one comma and, where nothing else is on its lines, the lines. Comments around it stay. */
function removal(text: string, node: Node): TextEdit[] {
  const child = node.parent?.type === 'property' ? node.parent : node;
  const parent = child.parent;
  const siblings = parent?.children ?? [];
  const index = siblings.indexOf(child);
  const previous = siblings[index - 1];
  const end = child.offset + child.length;
  const gap = gapAfter(text, end);
  if (parent !== undefined && siblings.length === 1) {
    const before = gapAfter(text, parent.offset + 1);
    const after = gap.comma === null ? gap : gapAfter(text, gap.comma + 1);
    if (!before.hasComment && !gap.hasComment && !after.hasComment) {
      return [{ offset: parent.offset + 1, length: parent.length - 2, content: '' }];
    }
  }
  if (gap.comma !== null) {
    if (gap.comma === end || !gap.hasComment) return [withLine(text, child.offset, gap.comma + 1)];
    return [withLine(text, child.offset, end), cut(gap.comma, gap.comma + 1)];
  }
  if (previous === undefined) return [withLine(text, child.offset, end)];
  const comma = gapAfter(text, previous.offset + previous.length).comma ?? end;
  const between = gapAfter(text, comma + 1);
  if (!between.hasComment && !between.hasLineBreak) return [cut(comma, end)];
  return [cut(comma, comma + 1), withLine(text, child.offset, end)];
}

const cut = (from: number, to: number): TextEdit => ({ offset: from, length: to - from, content: '' });

/** Removes a stretch: whole lines where it has them to itself, else with the spaces behind it. */
function withLine(text: string, from: number, to: number): TextEdit {
  const start = lineStart(text, from);
  const spaces = /^[ \t]*/.exec(text.slice(to))?.[0].length ?? 0;
  const eol = /^(?:\r\n|\n|\r)/.exec(text.slice(to + spaces, to + spaces + 2))?.[0].length ?? 0;
  if (eol > 0 && text.slice(start, from).trim() === '') return cut(start, to + spaces + eol);
  return cut(from, eol > 0 ? to : to + spaces);
}

const isContainer = (node: Node): boolean => node.type === 'object' || node.type === 'array';

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
