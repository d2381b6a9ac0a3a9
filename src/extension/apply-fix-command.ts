import * as vscode from 'vscode';
import { readConfigText } from './config-files.js';
import type { FixPlan } from './fix-plan.js';
import type { Services } from './services.js';

/**
 * Applies a fix to a config: the one named, or the one picked from a list.
 * @returns whether it was applied.
 */
export async function applyFixCommand({ fixes }: Services, uri: vscode.Uri, id?: string): Promise<boolean> {
  const plans = fixes.plansFor(uri, await readConfigText(uri));
  const plan = id === undefined ? await pick(plans, uri) : plans.find((candidate) => candidate.fix.id === id);
  return plan === undefined ? false : fixes.apply(uri, plan);
}

async function pick(plans: readonly FixPlan[], uri: vscode.Uri): Promise<FixPlan | undefined> {
  const name = vscode.workspace.asRelativePath(uri);
  const possible = plans.filter((plan) => plan.disabledReason === undefined);
  if (possible.length === 0) {
    void vscode.window.showInformationMessage(`There is no quick fix for ${name} now. Train or check it to find trouble.`);
    return undefined;
  }
  const items = possible.map((plan) => ({ label: plan.fix.title, description: plan.answers.join(', '), detail: plan.fix.why, plan }));
  return (await vscode.window.showQuickPick(items, { title: `Quick fixes for ${name}`, matchOnDetail: true }))?.plan;
}
