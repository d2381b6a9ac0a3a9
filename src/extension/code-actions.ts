import * as vscode from 'vscode';
import { configWorkspaceEdit } from './config-edit.js';
import { codeOfDiagnostic } from './diagnostics.js';
import { bestPlan, type FixPlan } from './fix-plan.js';
import type { FixService } from './fix-service.js';
import type { RunService } from './run-service.js';
import { trialResult } from './trial-words.js';

/** Offers the fixes of the findings under the cursor. */
export class FixActionProvider implements vscode.CodeActionProvider {
  static readonly metadata: vscode.CodeActionProviderMetadata = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };

  constructor(
    private readonly fixes: FixService,
    private readonly runs: RunService,
  ) {}

  provideCodeActions(document: vscode.TextDocument, _range: vscode.Range, context: vscode.CodeActionContext): vscode.CodeAction[] {
    const ours = context.diagnostics.filter((diagnostic) => codeOfDiagnostic(diagnostic) !== undefined);
    if (ours.length === 0) return [];
    const codes = new Set(ours.map(codeOfDiagnostic));
    const plans = this.fixes.plansFor(document.uri, document.getText()).filter((plan) => plan.answers.some((id) => codes.has(id)));
    const best = bestPlan(plans);
    const actions = plans.map((plan) => toAction(document, plan, ours, plan === best));
    const runs = this.runs.running?.configFile === document.uri.fsPath && !this.runs.running.checkOnly;
    return runs ? [...actions, ...plans.filter(({ fix }) => fix.live).map(toLiveAction)] : actions;
  }
}

/** The same fix for the run that goes on; the config stays as it is. */
function toLiveAction({ fix }: FixPlan): vscode.CodeAction {
  const action = new vscode.CodeAction(vscode.l10n.t('Apply live: {0}', fix.title), vscode.CodeActionKind.QuickFix);
  action.command = { command: 'gradwatch.applyLive', title: action.title, arguments: [fix.id] };
  return action;
}

function toAction(
  document: vscode.TextDocument,
  plan: FixPlan,
  diagnostics: readonly vscode.Diagnostic[],
  preferred: boolean,
): vscode.CodeAction {
  const action = new vscode.CodeAction(titleOf(plan), vscode.CodeActionKind.QuickFix);
  action.diagnostics = diagnostics.filter((diagnostic) => plan.answers.includes(codeOfDiagnostic(diagnostic) ?? ''));
  if (plan.disabledReason === undefined) {
    action.edit = configWorkspaceEdit(document, plan.changes);
    action.isPreferred = preferred;
  } else {
    action.disabled = { reason: plan.disabledReason };
  }
  return action;
}

function titleOf({ fix, trial }: FixPlan): string {
  return trial === undefined ? fix.title : `${fix.title} - ${trialResult(trial)}`;
}
