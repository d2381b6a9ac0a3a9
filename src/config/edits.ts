import { AppError } from './app-error.js';
import { formatPath, type ConfigEdit, type ConfigPath } from './config-path.js';
import { parseJsonc, nodeValue } from './jsonc-tree.js';
import { valueAt } from './issue-text.js';
import { lineDiff, splitLines, type PreviewLine } from './line-diff.js';
import { parseConfig } from './parse-config.js';
import { applyTextEdits, SplicedText, type TextEdit } from './splice-text.js';
import { syntaxProblems } from './syntax-problems.js';
import { LineIndex } from './positions.js';
import { EditRefused, splitEdit, treeEdits } from './tree-edits.js';

/** Unchanged lines shown around a change. */
const defaultContext = 2;
const defaultFile = 'gradwatch.json';

/**
 * The text edits that make these changes of a config, ascending and apart, offsets in UTF-16 units of `text`.
 *
 * Comments, key order, indentation, line ends, trailing commas and everything outside the changed entries stay as they
 * are. Comments inside a removed or replaced value go with it. A short form is spelt out where a key is set in it:
 * `"loss": "huber"` with `training.loss.fromLogits` becomes `{ "type": "huber", "fromLogits": true }`.
 *
 * @throws AppError 'config-syntax' or 'config-invalid' where the text cannot be read, a path cannot be followed, or the
 *   result would not be a valid config. Nothing is changed then.
 */
export function textEdits(text: string, edits: readonly ConfigEdit[], file = defaultFile): TextEdit[] {
  const planned = planTextEdits(text, edits, file);
  const after = parseConfig(applyTextEdits(text, planned), file);
  const error = after.errors?.[0];
  if (error !== undefined) {
    const changed = edits.map((edit) => formatPath(edit.path)).join(', ');
    const message = `After a change of ${changed || 'nothing'} the config would not be valid: ${error.message}`;
    throw new AppError('config-invalid', message, error.action, { file, path: error.place.path ?? [] }, { cause: error });
  }
  return planned;
}

/** The text after these changes; see `textEdits`. */
export function applyConfigEdits(text: string, edits: readonly ConfigEdit[], file = defaultFile): string {
  return applyTextEdits(text, textEdits(text, edits, file));
}

/**
 * What edits would change, line by line, with `context` unchanged lines around each change.
 * @throws AppError as `textEdits`.
 */
export function previewEdits(text: string, edits: readonly ConfigEdit[], context = defaultContext): PreviewLine[] {
  const after = applyTextEdits(text, textEdits(text, edits));
  return lineDiff(splitLines(text), splitLines(after), context);
}

/** As `textEdits`, for any JSON with comments: the result is not checked against the schema. */
export function planTextEdits(text: string, edits: readonly ConfigEdit[], file = defaultFile): TextEdit[] {
  refuseBrokenText(text, file);
  const spliced = new SplicedText(text);
  for (const written of edits) {
    const edit = withoutShortForm(spliced.text, written);
    try {
      for (const part of splitEdit(spliced.text, edit)) {
        for (const textEdit of treeEdits(spliced.text, part).reverse()) spliced.splice(textEdit);
      }
    } catch (cause) {
      if (!(cause instanceof EditRefused)) throw cause;
      const message = `${formatPath(written.path) || 'The config'} cannot be changed: ${cause.message}.`;
      throw new AppError('config-invalid', message, 'Change the config by hand.', { file, path: written.path }, { cause });
    }
  }
  return spliced.edits();
}

function refuseBrokenText(text: string, file: string): void {
  const problem = syntaxProblems(text, parseJsonc(text))[0];
  if (problem === undefined) return;
  const place = typeof problem.at === 'object' ? new LineIndex(text).at(problem.at.offset) : {};
  throw new AppError(problem.code, problem.message, problem.action, { file, ...place });
}

/** Key that a plain name stands for, in the values that have such a short form. */
function shortFormKey(path: ConfigPath): string | undefined {
  const last = String(path.at(-1));
  if (last === 'scale') return 'inputs';
  return last === 'loss' || /(?:Initializer|Constraint)$/.test(last) ? 'type' : undefined;
}

/** An edit inside a plain name becomes one of the object the name stands for. */
function withoutShortForm(text: string, edit: ConfigEdit): ConfigEdit {
  if ('remove' in edit || edit.path.length === 0) return edit;
  const parent = edit.path.slice(0, -1);
  const long = shortFormKey(parent);
  const { root } = parseJsonc(text);
  const name = long === undefined || root === undefined ? undefined : valueAt(nodeValue(root), parent);
  if (long === undefined || typeof name !== 'string') return edit;
  const key = String(edit.path.at(-1));
  return { path: parent, value: key === long ? edit.value : { [long]: name, [key]: edit.value } };
}
