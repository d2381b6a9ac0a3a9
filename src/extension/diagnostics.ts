import * as vscode from 'vscode';
import type { AppError, ErrorData } from '../config/app-error.js';
import type { ConfigPath } from '../config/config-path.js';
import { locate, type ConfigRange } from '../config/positions.js';
import type { FindingEvent, Severity, StartEvent } from '../telemetry/events.js';

export const SOURCE = 'gradwatch';

const SEVERITY: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

/** Where the page of a finding or error is; undefined where there is none. */
export type DocsTarget = (id: string) => vscode.Uri | undefined;

/** What a finding is shown against. */
export interface FindingPlace {
  uri: vscode.Uri;
  /** The text the finding's path belongs to. */
  text: string;
  start: StartEvent | null;
  docs: DocsTarget;
}

/** The squiggle of a schema or syntax error. */
export function problemDiagnostic(problem: AppError, text: string, docs: DocsTarget): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(
    problemRange(problem, text),
    `${problem.message} ${problem.action}`,
    vscode.DiagnosticSeverity.Error,
  );
  diagnostic.source = SOURCE;
  diagnostic.code = codeOf(problem.code, docs);
  return diagnostic;
}

/** The squiggle of a run that failed, on the key the error names; null where it names none. */
export function failureDiagnostic(error: ErrorData, text: string, docs: DocsTarget): vscode.Diagnostic | null {
  const range = error.place.path === undefined ? null : revealRange(text, error.place.path);
  if (range === null) return null;
  const { file, line } = error.place;
  const where = file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`;
  const diagnostic = new vscode.Diagnostic(range, `${error.message}${where} ${error.action}`, vscode.DiagnosticSeverity.Error);
  diagnostic.source = SOURCE;
  diagnostic.code = codeOf(error.code, docs);
  return diagnostic;
}

/** The squiggle of a finding, on its exact key. Null where the text holds nothing at all. */
export function findingDiagnostic(finding: FindingEvent, place: FindingPlace): vscode.Diagnostic | null {
  const range = locate(place.text, finding.at, { nearest: true });
  if (range === null) return null;
  const diagnostic = new vscode.Diagnostic(markedRange(range), finding.message, SEVERITY[finding.severity]);
  diagnostic.source = SOURCE;
  diagnostic.code = codeOf(finding.id, place.docs);
  diagnostic.relatedInformation = relatedInformation(finding, place);
  return diagnostic;
}

/** The whole `"key": value` where it stands on one line, else the key, else the first character. */
function markedRange(range: ConfigRange): vscode.Range {
  if (range.line === range.endLine) return toRange(range);
  if (range.key !== null) return toRange(range.key);
  return new vscode.Range(range.line - 1, range.column - 1, range.line - 1, range.column);
}

/** The first line a reader looks at for a path of a config, 0-based. */
export function revealRange(text: string, path: ConfigPath): vscode.Range | null {
  const range = locate(text, path, { nearest: true });
  return range === null ? null : markedRange(range);
}

/** The id behind a diagnostic of ours; undefined for those of others. */
export function codeOfDiagnostic(diagnostic: vscode.Diagnostic): string | undefined {
  if (diagnostic.source !== SOURCE) return undefined;
  const { code } = diagnostic;
  return String(typeof code === 'object' ? code.value : code);
}

function toRange(range: { line: number; column: number; endLine: number; endColumn: number }): vscode.Range {
  return new vscode.Range(range.line - 1, range.column - 1, range.endLine - 1, range.endColumn - 1);
}

function codeOf(id: string, docs: DocsTarget): vscode.Diagnostic['code'] {
  const target = docs(id);
  return target === undefined ? id : { value: id, target };
}

/** From the place of the error to the end of what stands there. */
function problemRange({ place }: AppError, text: string): vscode.Range {
  const line = (place.line ?? 1) - 1;
  const column = (place.column ?? 1) - 1;
  const rest = (text.split(/\r\n|\n|\r/)[line] ?? '').slice(column);
  const token = /^("(?:[^"\\]|\\.)*"?|[^\s,:[\]{}]+|\S)/.exec(rest)?.[0] ?? '';
  return new vscode.Range(line, column, line, column + Math.max(1, token.length));
}

function relatedInformation(finding: FindingEvent, place: FindingPlace): vscode.DiagnosticRelatedInformation[] {
  const related: vscode.DiagnosticRelatedInformation[] = [];
  const add = (path: ConfigPath, message: string) => {
    const range = revealRange(place.text, path);
    if (range !== null) related.push(new vscode.DiagnosticRelatedInformation(new vscode.Location(place.uri, range), message));
  };
  const layer = layerIndex(finding, place.start);
  if (layer !== undefined) add(['model', 'layers', layer], vscode.l10n.t('Layer {0}', finding.layer ?? ''));
  if (finding.at[0] === 'data') add(['data', 'file'], vscode.l10n.t('The data'));
  if (finding.formula !== undefined) add(finding.at, finding.formula.replaceAll('\n', '  '));
  if (finding.caveat !== undefined) add(finding.at, finding.caveat);
  return related;
}

function layerIndex(finding: FindingEvent, start: StartEvent | null): number | undefined {
  if (finding.layer === null) return undefined;
  return start?.architecture?.find((layer) => layer.name === finding.layer)?.configIndex;
}
