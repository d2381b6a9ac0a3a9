import * as vscode from 'vscode';
import { checkConfig } from './config-check.js';
import { readConfigText } from './config-files.js';
import type { Services } from './services.js';
import { startRun } from './train.js';

/** Checks a config: its text, then its data, model and first update. Where training is off, its text alone. */
export async function checkCommand(services: Services, uri: vscode.Uri): Promise<void> {
  services.problems.check(await vscode.workspace.openTextDocument(uri));
  if (!vscode.workspace.isTrusted || uri.scheme !== 'file') {
    tell(
      uri,
      staticCount(uri, await readConfigText(uri)),
      vscode.l10n.t('Its text was checked; the pre-flight needs a trusted workspace on disk.'),
    );
    return;
  }
  const run = await startRun(services, uri, { checkOnly: true });
  if (run === undefined) return;
  await services.runs.whenEnded(run);
  if (run.error === null && !run.stopRequested)
    tell(uri, run.findings.length, vscode.l10n.t('Its text, data, model and first update were checked.'));
}

function staticCount(uri: vscode.Uri, text: string): number {
  const check = checkConfig(text, vscode.workspace.asRelativePath(uri));
  return check.valid ? check.findings.length : check.problems.length;
}

function tell(uri: vscode.Uri, count: number, scope: string): void {
  const name = vscode.workspace.asRelativePath(uri);
  if (count === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0}: nothing found. {1}', name, scope));
    return;
  }
  const show = vscode.l10n.t('Show Problems');
  const message =
    count === 1 ? vscode.l10n.t('{0}: one problem. {1}', name, scope) : vscode.l10n.t('{0}: {1} problems. {2}', name, count, scope);
  void vscode.window
    .showWarningMessage(message, show)
    .then((choice) => choice === show && vscode.commands.executeCommand('workbench.actions.view.problems'));
}
