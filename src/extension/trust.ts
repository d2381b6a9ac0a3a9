import * as vscode from 'vscode';

/** Why training is off; null where it is on. */
export function trustReason(): string | null {
  if (vscode.workspace.isTrusted) return null;
  return vscode.l10n.t(
    'Training is off in Restricted Mode: a configuration can run code of the workspace. Trust the workspace to train; checking works as it is.',
  );
}
