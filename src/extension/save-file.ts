import * as vscode from 'vscode';
import type { SavedFile } from '../telemetry/page-protocol.js';

/** Asks where to keep a file the page made, in `folder` unless the user says otherwise, and writes it there. */
export async function saveFile({ name, content }: SavedFile, folder: vscode.Uri | undefined): Promise<void> {
  const filters: Record<string, string[]> = name.endsWith('.png') ? { PNG: ['png'] } : { CSV: ['csv'] };
  const proposed = folder === undefined ? undefined : vscode.Uri.joinPath(folder, name);
  const target = await vscode.window.showSaveDialog({ defaultUri: proposed, filters });
  if (target === undefined) return;
  try {
    await vscode.workspace.fs.writeFile(target, typeof content === 'string' ? new TextEncoder().encode(content) : content);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await vscode.window.showErrorMessage(vscode.l10n.t('{0} was not saved: {1}', name, reason));
  }
}
