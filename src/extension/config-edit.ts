import * as vscode from 'vscode';
import type { TextEdit } from '../config/splice-text.js';

/** Changes of a config's text as one edit of its document: one undo takes it back. */
export function configWorkspaceEdit(document: vscode.TextDocument, changes: readonly TextEdit[]): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const { offset, length, content } of changes)
    edit.replace(document.uri, new vscode.Range(document.positionAt(offset), document.positionAt(offset + length)), content);
  return edit;
}
