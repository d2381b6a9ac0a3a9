import * as vscode from 'vscode';
import type { RunService } from './run-service.js';

/** "Train | Check" above a config; "Stop | Dashboard" while it trains. */
export class ConfigLensProvider implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(private readonly runs: RunService) {
    const refresh = () => this.changed.fire();
    this.subscriptions = [
      this.changed,
      vscode.Disposable.from(runs.onStart(refresh), runs.onEnd(refresh)),
      vscode.workspace.onDidGrantWorkspaceTrust(refresh),
    ];
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const top = new vscode.Range(0, 0, 0, 0);
    const lens = (title: string, command: string, tooltip: string) =>
      new vscode.CodeLens(top, { title, tooltip, command, arguments: [document.uri] });
    if (this.runs.running?.configFile === document.uri.fsPath)
      return [
        lens('$(debug-stop) Stop', 'gradwatch.stop', 'Stop the training'),
        lens('$(graph-line) Dashboard', 'gradwatch.openDashboard', 'Open the gradient dashboard'),
      ];
    const check = lens('$(checklist) Check', 'gradwatch.check', 'Static checks and pre-flight, no training');
    if (!vscode.workspace.isTrusted)
      return [lens('$(shield) Training is off in Restricted Mode', 'workbench.trust.manage', 'Trust this workspace to train'), check];
    return [lens('$(play) Train', 'gradwatch.train', 'Train what this editor shows'), check];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }
}
