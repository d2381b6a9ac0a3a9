import path from 'node:path';
import * as vscode from 'vscode';
import { applyTextEdits } from '../config/splice-text.js';
import { readConfigText } from './config-files.js';
import type { FixPlan } from './fix-plan.js';

const SCHEME = 'gradwatch-preview';
/** Previews that can still be looked at. */
const KEPT = 16;

/** Shows a config as a fix would make it, in the editor's own comparison. */
export class FixPreview implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  private sequence = 0;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** Opens the comparison; does nothing for a fix that cannot be applied. */
  async show(uri: vscode.Uri, plan: FixPlan): Promise<void> {
    if (plan.disabledReason !== undefined) return;
    this.sequence += 1;
    const preview = vscode.Uri.from({ scheme: SCHEME, path: uri.path, query: String(this.sequence) });
    this.texts.set(preview.toString(), applyTextEdits(await readConfigText(uri), plan.changes));
    const [oldest] = this.texts.keys();
    if (this.texts.size > KEPT && oldest !== undefined) this.texts.delete(oldest);
    await vscode.commands.executeCommand('vscode.diff', uri, preview, `${path.basename(uri.path)}: ${plan.fix.title}`, { preview: true });
  }

  dispose(): void {
    this.registration.dispose();
    this.texts.clear();
  }
}
