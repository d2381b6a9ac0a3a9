import { createScanner, parseTree, type Node, type ParseError } from 'jsonc-parser';

/** Deepest nesting a config may have. The deepest meaningful one, inline data in a wrapped layer, stays below 20. */
export const maxDepth = 100;

export const ByteOrderMark = '\uFEFF';
/** Kinds of token of jsonc-parser's scanner, which exports them as a const enum only. */
const openBrace = 1;
const closeBrace = 2;
const openBracket = 3;
const closeBracket = 4;
const endOfFile = 17;

export interface JsoncTree {
  root: Node | undefined;
  errors: ParseError[];
  /** Offset at which the nesting exceeds `maxDepth`; there is no tree then. */
  tooDeepAt?: number;
}

/**
 * The syntax tree of JSON with comments and trailing commas. Offsets are those of the text as given, a byte order mark
 * included. Never overflows the stack: nesting beyond `maxDepth` is refused before parsing.
 */
export function parseJsonc(text: string): JsoncTree {
  const source = text.startsWith(ByteOrderMark) ? ` ${text.slice(1)}` : text;
  const tooDeepAt = findTooDeep(source);
  if (tooDeepAt !== undefined) return { root: undefined, errors: [], tooDeepAt };
  const errors: ParseError[] = [];
  const root = parseTree(source, errors, { allowTrailingComma: true, disallowComments: false, allowEmptyContent: true });
  return { root, errors };
}

function findTooDeep(source: string): number | undefined {
  const scanner = createScanner(source, true);
  let depth = 0;
  for (let token: number = scanner.scan(); token !== endOfFile; token = scanner.scan()) {
    if (token === openBrace || token === openBracket) depth++;
    else if (token === closeBrace || token === closeBracket) depth--;
    if (depth > maxDepth) return scanner.getTokenOffset();
  }
  return undefined;
}

/** The value a node stands for. A key `__proto__` becomes an own property; of duplicate keys the last one counts. */
export function nodeValue(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(nodeValue);
  if (node.type !== 'object') return node.value as unknown;
  const object: Record<string, unknown> = {};
  for (const { key, value } of properties(node)) {
    Object.defineProperty(object, key.value as string, { value: nodeValue(value), enumerable: true, configurable: true, writable: true });
  }
  return object;
}

/** Keys and values of an object node; a key whose value could not be read is left out. */
export function properties(node: Node): { property: Node; key: Node; value: Node }[] {
  return (node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    return key && value ? [{ property, key, value }] : [];
  });
}
