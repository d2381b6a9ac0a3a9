import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** What finding and fix show to a reader; constants of these names hold such texts too. */
const SHOWN = /^(message|caveat|cause|formula|title|why)$/;
const MOST = 64;

/**
 * Sentences that a file of the trainer can put into a finding or a fix: every text a shown property or constant can be, with each
 * value that only a run brings replaced by a mark of its own (‹1›). Alternatives, constants and functions of the file are followed.
 */
export function trainerSentences(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const constants = new Map<string, ts.Expression>();
  const functions = new Map<string, ts.Expression[]>();
  const shown: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined) {
      constants.set(node.name.text, node.initializer);
      if (SHOWN.test(node.name.text)) shown.push(node.initializer);
    } else if (ts.isPropertyAssignment(node) && SHOWN.test(node.name.getText())) shown.push(node.initializer);
    else if (ts.isFunctionDeclaration(node) && node.name !== undefined) functions.set(node.name.text, returnsOf(node));
    ts.forEachChild(node, visit);
  };
  visit(source);
  let marks = 0;
  const textsOf = (node: ts.Expression, depth = 0): string[] => {
    if (depth > 8) return [`‹${++marks}›`];
    const inner = (next: ts.Expression) => textsOf(next, depth + 1);
    if (ts.isStringLiteralLike(node)) return [node.text];
    if (ts.isParenthesizedExpression(node)) return inner(node.expression);
    if (ts.isConditionalExpression(node)) return [...inner(node.whenTrue), ...inner(node.whenFalse)];
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken)
      return [...inner(node.left), ...inner(node.right)];
    if (ts.isTemplateExpression(node)) {
      let texts = [node.head.text];
      for (const { expression, literal } of node.templateSpans) {
        const parts = inner(expression);
        texts = texts.flatMap((text) => parts.map((part) => text + part + literal.text)).slice(0, MOST);
      }
      return texts;
    }
    const known = ts.isIdentifier(node) ? [constants.get(node.text)] : ts.isCallExpression(node) ? (functions.get(node.expression.getText()) ?? []) : []; // prettier-ignore
    const followed = known.filter((next) => next !== undefined).flatMap(inner);
    return followed.some((text) => /\p{L}/u.test(text)) ? followed : [`‹${++marks}›`];
  };
  return [...new Set(shown.flatMap((node) => textsOf(node)))].filter((text) => /\p{L}/u.test(text));
}

function returnsOf(declaration: ts.FunctionDeclaration): ts.Expression[] {
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node) && node.expression !== undefined) found.push(node.expression);
    else if (!ts.isFunctionLike(node)) ts.forEachChild(node, visit);
  };
  if (declaration.body !== undefined) visit(declaration.body);
  return found;
}
