import { printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import type { ConfigPath } from './config-path.js';
import type { ConfigProblem } from './config-problem.js';
import { maxDepth, properties, type JsoncTree } from './jsonc-tree.js';
import { LineIndex } from './positions.js';

const SENTENCES: Record<string, readonly [message: string, action: string]> = {
  InvalidSymbol: ['is no JSON value', 'Put text in double quotes; other values are numbers, true, false and null.'],
  InvalidNumberFormat: ['is no number', 'Write numbers like 0.01 or 1e-3.'],
  PropertyNameExpected: ['stands where a key in double quotes is expected', 'Write keys in double quotes: "key": value.'],
  ValueExpected: ['stands where a value is expected', 'Write a value here, or remove the key and comma before it.'],
  ColonExpected: ['stands where a colon is expected', 'Write "key": value.'],
  CommaExpected: ['stands where a comma is expected', 'Put a comma before it.'],
  CloseBraceExpected: ['stands where "}" is expected', 'Close the object with "}".'],
  CloseBracketExpected: ['stands where "]" is expected', 'Close the list with "]".'],
  EndOfFileExpected: ['follows after the end of the config', 'Remove it: a config is one object.'],
  UnexpectedEndOfComment: ['is a comment that never ends', 'Close the comment with */.'],
  UnexpectedEndOfString: ['is text that never ends', 'Close the text with a double quote.'],
  UnexpectedEndOfNumber: ['is a number that is not complete', 'Write digits after the sign, point or exponent.'],
  InvalidUnicode: ['has a \\u escape that is not followed by four hexadecimal digits', 'Write for example \\u00e9.'],
  InvalidEscapeCharacter: ['has an unknown escape', 'Known escapes: \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX. Write paths with "/".'],
  InvalidCharacter: ['holds a character that is not allowed here', 'Write control characters as escapes, for example \\t or \\n.'],
};

const snippetLength = 24;

/** The problems that keep a text from being read as JSON with comments, each at its offset; none where it can be read. */
export function syntaxProblems(text: string, tree: JsoncTree): ConfigProblem[] {
  if (tree.tooDeepAt !== undefined) {
    const message = `The config is nested deeper than ${maxDepth} levels.`;
    return [problem([], tree.tooDeepAt, message, 'Remove the brackets that are too many.', 'config-invalid')];
  }
  // One mistake makes the parser stumble several times on its line: the first stumble is the mistake.
  const seen = new Set<number>();
  const lines = new LineIndex(text);
  const first = tree.errors.filter(({ offset }) => {
    const { line } = lines.at(offset);
    return !seen.has(line) && seen.add(line);
  });
  if (first.length === 0 && tree.root === undefined) {
    return [problem([], 0, 'The config is empty.', 'Write { "data": ..., "model": ..., "training": ... }.')];
  }
  return first.map((error) => sentence(text, error));
}

function sentence(text: string, error: ParseError): ConfigProblem {
  const [message, action] = SENTENCES[printParseErrorCode(error.error)] ?? ['cannot be read', 'Correct the JSON here.'];
  const found = text.slice(error.offset, error.offset + Math.max(1, error.length));
  const isEnd = found.trim() === '';
  const shown = found.length > snippetLength ? `${found.slice(0, snippetLength)}…` : found;
  return problem([], error.offset, `${isEnd ? 'The end of the text' : quote(shown)} ${message}.`, action);
}

/** Keys that occur twice in one object, each at its second place. */
export function keyProblems(root: Node): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const visit = (node: Node, path: ConfigPath): void => {
    if (node.children === undefined) return;
    if (node.type === 'array') node.children.forEach((child, index) => visit(child, [...path, index]));
    if (node.type !== 'object') return;
    const seen = new Set<string>();
    for (const { key, value } of properties(node)) {
      const name = key.value as string;
      if (seen.has(name)) {
        const message = `The key ${quote(name)} stands twice in one object.`;
        problems.push(problem([...path, name], key.offset, message, 'Remove one of the two.', 'config-invalid'));
      }
      seen.add(name);
      visit(value, [...path, name]);
    }
  };
  visit(root, []);
  return problems;
}

/** Text in double quotes on one line. */
const quote = (text: string): string => `"${text.replace(/^"|"$/g, '').replace(/\s+/g, ' ')}"`;

function problem(
  path: ConfigPath,
  offset: number,
  message: string,
  action: string,
  code: ConfigProblem['code'] = 'config-syntax',
): ConfigProblem {
  return { code, path, at: { offset }, message, action };
}
