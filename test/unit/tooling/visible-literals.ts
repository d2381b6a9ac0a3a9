import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** Attributes whose value is read out or shown. */
const READ_ATTRIBUTES = /(?:^|\s)(aria-label|aria-description|aria-roledescription|aria-valuetext|title|placeholder|alt)="([^"]*)"/g;
/** Where a value stands in a template. */
const HOLE = '\u0001';
/** Two words in a row are a sentence or a name, and those are for people. */
const PROSE = /\p{L}{2,}[,;:]? \p{L}{2,}/u;
const WORD = /\p{L}{2,}/u;
/** Names of what is no number are the same in every language. */
const UNIVERSAL = /^\W*(Inf|NaN)\W*$/;
/** Calls whose texts are for machines or for the console: selectors, media queries, errors of the programmer. */
const MACHINE_CALL = /(^|\.)(say|querySelector|querySelectorAll|closest|matches|matchMedia|setProperty|Error|RangeError)$/;

/**
 * Texts in a file that a reader of the page would see or hear and that do not go through `say`: text and read attributes of
 * `html` and `svg` templates, and every other literal with two words in a row. Single words elsewhere cannot be told from keys.
 */
export function visibleLiterals(file: string, text = readFileSync(file, 'utf8')): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || isMachineCall(node)) return ts.forEachChild(node, visitCallbacks);
    if (ts.isTaggedTemplateExpression(node) && /^(html|svg)$/.test(node.tag.getText())) found.push(...inMarkup(markupOf(node.template)));
    else if (ts.isStringLiteralLike(node) && !ts.isTaggedTemplateExpression(node.parent) && PROSE.test(node.text) && !isClassList(node))
      found.push(node.text);
    else if (ts.isTemplateExpression(node) && !ts.isTaggedTemplateExpression(node.parent) && PROSE.test(markupOf(node)))
      found.push(markupOf(node).replaceAll(HOLE, '{}'));
    ts.forEachChild(node, visit);
  };
  /** Of such a call only what is computed inside it counts: `say('…', other('…'))`. */
  const visitCallbacks = (node: ts.Node): void => {
    if (!ts.isStringLiteralLike(node) && !ts.isTemplateExpression(node)) visit(node);
  };
  visit(source);
  return found.map((literal) => `${path.basename(file)}: ${literal}`);
}

function isMachineCall(node: ts.Node): boolean {
  return (ts.isCallExpression(node) || ts.isNewExpression(node)) && MACHINE_CALL.test(node.expression.getText());
}

/** `class=${on ? 'line on' : 'line'}` */
function isClassList(node: ts.Node): boolean {
  let inner = node;
  while (!ts.isTemplateSpan(inner)) {
    if (ts.isSourceFile(inner.parent) || ts.isStatement(inner.parent)) return false;
    inner = inner.parent;
  }
  const template = inner.parent;
  const place = template.templateSpans.indexOf(inner);
  const before = place === 0 ? template.head : template.templateSpans[place - 1]?.literal;
  return before !== undefined && /\b(class|style)=("[^"]*)?$/.test(before.text);
}

function markupOf(template: ts.TemplateLiteral): string {
  if (ts.isNoSubstitutionTemplateLiteral(template)) return template.text;
  return [template.head.text, ...template.templateSpans.map(({ literal }) => literal.text)].join(HOLE);
}

function inMarkup(markup: string): string[] {
  const tags = /<!--[\s\S]*?-->|<[^>]*>/g;
  const attributes = [...markup.matchAll(tags)].flatMap(([tag]) => [...tag.matchAll(READ_ATTRIBUTES)].map(([, , value]) => value ?? ''));
  const texts = markup.replace(tags, '\n').split(/\n/);
  return [...attributes, ...texts]
    .map((text) => text.replaceAll(HOLE, ' ').trim())
    .filter((text) => WORD.test(text) && !UNIVERSAL.test(text));
}
