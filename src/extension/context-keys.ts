import * as vscode from 'vscode';
import { isConfigUri, openDocument } from './config-files.js';
import type { FixSearchService } from './fix-search.js';
import type { FixService } from './fix-service.js';
import type { ProblemReporter } from './problem-reporter.js';
import type { RunService } from './run-service.js';

/** Keeps the keys that the `when` clauses of the commands read: `gradwatch.runState`, `gradwatch.hasFixes` and `gradwatch.searching`. */
export function createContextKeys(
  runs: RunService,
  problems: ProblemReporter,
  fixes: FixService,
  searches: FixSearchService,
): vscode.Disposable {
  const set = keySetter();
  const updateState = () => set('gradwatch.runState', runs.running?.state ?? 'none');
  const updateFixes = () => set('gradwatch.hasFixes', hasFixes(runs, fixes));
  const updateSearch = () => set('gradwatch.searching', searches.searching !== null);
  updateState();
  updateFixes();
  return vscode.Disposable.from(
    runs.onChange(updateState),
    searches.onChange(updateSearch),
    problems.onDidReport(updateFixes),
    vscode.window.onDidChangeActiveTextEditor(updateFixes),
  );
}

function hasFixes(runs: RunService, fixes: FixService): boolean {
  const active = vscode.window.activeTextEditor?.document.uri;
  const current = runs.current === null ? undefined : vscode.Uri.file(runs.current.configFile);
  return [active, active?.toString() === current?.toString() ? undefined : current].some((uri) => {
    if (uri === undefined || !isConfigUri(uri)) return false;
    const text = openDocument(uri)?.getText() ?? (runs.current?.configFile === uri.fsPath ? runs.current.configText : undefined);
    return text !== undefined && fixes.plansFor(uri, text).some((plan) => plan.disabledReason === undefined);
  });
}

/** Sets a context key when it changes, not at every frame. */
function keySetter(): (key: string, value: unknown) => void {
  const known = new Map<string, unknown>();
  return (key, value) => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
}
