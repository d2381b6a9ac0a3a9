import * as vscode from 'vscode';
import type { FixSearchService } from './fix-search.js';
import type { ProblemReporter } from './problem-reporter.js';
import type { RunService } from './run-service.js';

/**
 * VS Code waits a moment before it asks for lenses again, and forgets to when the editor loses the focus meanwhile: it is
 * reminded, after so many milliseconds.
 */
const REMINDERS_MS = [1000, 3000];

/** "Train | Check" above a config, "Find a Working Fix" where there is trouble; "Stop | Dashboard" while it trains. */
export class ConfigLensProvider implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private reminders: NodeJS.Timeout[] = [];
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(
    private readonly runs: RunService,
    private readonly problems: ProblemReporter,
    private readonly searches: FixSearchService,
  ) {
    let shown = runs.running;
    const follow = () => {
      if (shown === runs.running) return;
      shown = runs.running;
      this.refresh();
    };
    this.subscriptions = [
      this.changed,
      vscode.Disposable.from(
        runs.onChange(follow),
        problems.onDidReport(() => this.changed.fire()),
        searches.onChange(() => this.refresh()),
      ),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.refresh()),
    ];
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const top = new vscode.Range(0, 0, 0, 0);
    const lens = (title: string, command: string, tooltip: string) =>
      new vscode.CodeLens(top, { title, tooltip, command, arguments: [document.uri] });
    if (this.runs.running?.configFile === document.uri.fsPath)
      return [
        lens(`$(debug-stop) ${vscode.l10n.t('Stop')}`, 'gradwatch.stop', vscode.l10n.t('Stop the training')),
        lens(`$(graph-line) ${vscode.l10n.t('Dashboard')}`, 'gradwatch.openDashboard', vscode.l10n.t('Open the gradient dashboard')),
      ];
    const check = lens(
      `$(checklist) ${vscode.l10n.t('Check')}`,
      'gradwatch.check',
      vscode.l10n.t('Static checks and pre-flight, no training'),
    );
    if (!vscode.workspace.isTrusted)
      return [
        lens(
          `$(shield) ${vscode.l10n.t('Training is off in Restricted Mode')}`,
          'workbench.trust.manage',
          vscode.l10n.t('Trust this workspace to train'),
        ),
        check,
      ];
    const train = lens(`$(play) ${vscode.l10n.t('Train')}`, 'gradwatch.train', vscode.l10n.t('Train what this editor shows'));
    return [train, check, ...this.fixLens(document.uri, lens)];
  }

  private fixLens(uri: vscode.Uri, lens: (title: string, command: string, tooltip: string) => vscode.CodeLens): vscode.CodeLens[] {
    if (this.searches.searching === uri.fsPath)
      return [
        lens(`$(loading~spin) ${vscode.l10n.t('Finding a Fix: Cancel')}`, 'gradwatch.cancelFindFix', vscode.l10n.t('Cancel the search')),
      ];
    if (!this.problems.hasTrouble(uri)) return [];
    return [
      lens(
        `$(beaker) ${vscode.l10n.t('Find a Working Fix')}`,
        'gradwatch.findFix',
        vscode.l10n.t('Try the fixes in short runs beside the config as it is'),
      ),
    ];
  }

  private refresh(): void {
    this.reminders.forEach(clearTimeout);
    this.changed.fire();
    this.reminders = REMINDERS_MS.map((delay) => setTimeout(() => this.changed.fire(), delay));
  }

  dispose(): void {
    this.reminders.forEach(clearTimeout);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }
}
