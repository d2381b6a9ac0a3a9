import * as vscode from 'vscode';
import type { AppError } from '../config/app-error.js';
import type { ConfigPath } from '../config/config-path.js';
import { revealRange } from './diagnostics.js';

/** Shows a key of a config in its editor and selects it. */
export async function revealPath(uri: vscode.Uri, path: ConfigPath): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const range = revealRange(document.getText(), path);
  await show(document, range ?? new vscode.Range(0, 0, 0, 0));
}

/** Shows the place of an error in its config. */
export async function markProblem(uri: vscode.Uri, problem: AppError): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const position = new vscode.Position((problem.place.line ?? 1) - 1, (problem.place.column ?? 1) - 1);
  await show(document, new vscode.Range(position, position));
}

async function show(document: vscode.TextDocument, range: vscode.Range): Promise<void> {
  const present = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  const viewColumn = present?.viewColumn ?? vscode.ViewColumn.One;
  const editor = await vscode.window.showTextDocument(document, { viewColumn, preview: false });
  editor.selection = new vscode.Selection(range.start, range.end);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
