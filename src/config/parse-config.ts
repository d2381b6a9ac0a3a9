import type { Node } from 'jsonc-parser';
import { AppError } from './app-error.js';
import { configSchema, type Config } from './config-schema.js';
import type { ConfigPath } from './config-path.js';
import type { ConfigProblem } from './config-problem.js';
import { crossProblems } from './cross-checks.js';
import { issueProblems, knownKeysErrorMap } from './issue-text.js';
import { nodeValue, parseJsonc } from './jsonc-tree.js';
import { LineIndex, locateIn, type ConfigRange } from './positions.js';
import { keyProblems, syntaxProblems } from './syntax-problems.js';

/** A config as written: its text and where its keys stand. */
export interface ConfigDocument {
  readonly file: string;
  readonly text: string;
  /** The values as written, without defaults. */
  readonly raw: unknown;
  /** Where a config path stands, or its nearest existing ancestor. */
  locate(path: ConfigPath): ConfigRange;
}

export type ParsedConfig =
  { config: Config; document: ConfigDocument; errors?: undefined } | { errors: AppError[]; config?: undefined; document?: undefined };

/** More errors than these help nobody. */
const maxErrors = 100;

/**
 * Reads a config: JSON with comments and trailing commas, checked against the schema and for what can never run.
 *
 * @param text the text of the file, a byte order mark tolerated (see `decodeConfigBytes`)
 * @param file its name, for the places of the errors
 * @returns the config with all defaults, or every error found, in the order of the text: 'config-syntax' where the text
 *   is no JSON (then only those), 'config-invalid' otherwise. Never throws.
 */
export function parseConfig(text: string, file: string): ParsedConfig {
  const lines = new LineIndex(text);
  const tree = parseJsonc(text);
  const syntax = syntaxProblems(text, tree);
  if (syntax.length > 0 || tree.root === undefined) return { errors: placed(syntax, tree.root, lines, file) };
  const root = tree.root;
  const raw = nodeValue(root);
  const parsed = configSchema.safeParse(raw, { error: knownKeysErrorMap });
  const schema = parsed.success ? crossProblems(parsed.data, raw) : parsed.error.issues.flatMap((issue) => issueProblems(issue, raw));
  const errors = placed([...keyProblems(root), ...schema], root, lines, file);
  if (errors.length > 0 || !parsed.success) return { errors };
  const locate = (path: ConfigPath): ConfigRange => locateIn(root, lines, path, { nearest: true }) as ConfigRange; // the root always exists
  return { config: parsed.data, document: { file, text, raw, locate } };
}

/**
 * As `parseConfig`, for callers that need a config.
 * @throws AppError the first error; the others are in its `cause`, an AggregateError.
 */
export function loadConfig(text: string, file: string): { config: Config; document: ConfigDocument } {
  const parsed = parseConfig(text, file);
  if (parsed.errors === undefined) return parsed;
  const [first, ...others] = parsed.errors;
  if (first === undefined) throw new AppError('internal', 'The config was refused without a reason.', 'Report this.', { file });
  const cause = others.length > 0 ? new AggregateError(others, 'More errors in the same config.') : undefined;
  throw new AppError(first.code, first.message, first.action, first.place, { cause });
}

/** Problems as errors with line and column, in the order of the text. */
function placed(problems: readonly ConfigProblem[], root: Node | undefined, lines: LineIndex, file: string): AppError[] {
  return problems
    .slice(0, maxErrors)
    .map((problem) => ({ problem, offset: offsetOf(problem, root, lines) }))
    .sort((a, b) => a.offset - b.offset)
    .map(({ problem, offset }) => {
      const place = { file, ...lines.at(offset), path: problem.path };
      return new AppError(problem.code, problem.message, problem.action, place);
    });
}

function offsetOf({ at, path }: ConfigProblem, root: Node | undefined, lines: LineIndex): number {
  if (typeof at === 'object') return at.offset;
  const range = root && locateIn(root, lines, at === 'parent' ? path.slice(0, -1) : path, { nearest: true });
  if (!range) return 0;
  return at === 'value' && range.path.length === path.length ? range.value.start : range.start;
}
