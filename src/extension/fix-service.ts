import * as vscode from 'vscode';
import { checkConfig } from './config-check.js';
import { configWorkspaceEdit } from './config-edit.js';
import { readConfigText } from './config-files.js';
import { planFixes, planTrials, rankPlans, type FixPlan } from './fix-plan.js';
import type { FixSearchService } from './fix-search.js';
import type { ProblemReporter } from './problem-reporter.js';
import type { RunMirror } from './run-mirror.js';

/** Knows the fixes of a config now, and writes them into it. */
export class FixService {
  constructor(
    private readonly problems: ProblemReporter,
    private readonly searches: FixSearchService,
  ) {}

  /** Fixes for a config as it stands: those that trials have proven, those of its newest run, then those its text alone calls for. */
  plansFor(uri: vscode.Uri, text: string): FixPlan[] {
    const file = vscode.workspace.asRelativePath(uri);
    const run = this.problems.runFor(uri);
    const ofRun = run === undefined ? [] : planFixes(run.findings, run.configText, text, file);
    const check = checkConfig(text, file);
    const ofText = check.valid ? planFixes(check.findings, text, text, file) : [];
    const proposed = [...ofRun, ...ofText.filter((plan) => !ofRun.some((other) => other.fix.id === plan.fix.id && !other.inPlace))];
    return rankPlans(this.tried(uri.fsPath, text, file), proposed);
  }

  /** What the newest search has tried, while the config still says what was tried. */
  private tried(configFile: string, text: string, file: string): FixPlan[] {
    const outcome = this.searches.outcomeFor(configFile);
    return outcome === undefined ? [] : planTrials(outcome.result.trials, outcome.result.findings, outcome.configText, text, file);
  }

  /** The config of a run as the editor shows it now; null where it is gone. */
  async presentText(run: RunMirror): Promise<string | null> {
    try {
      return await readConfigText(vscode.Uri.file(run.configFile));
    } catch {
      return null;
    }
  }

  /** Fixes for the findings a run has now, against the present text of its config; null where the file is gone. */
  plansForRun(run: RunMirror, text: string | null): FixPlan[] {
    const file = vscode.workspace.asRelativePath(run.configFile);
    const tried = text === run.configText ? this.tried(run.configFile, text, file) : [];
    const plans = rankPlans(tried, planFixes(run.findings, run.configText, text ?? run.configText, file));
    return text === null ? plans.map((plan) => ({ ...plan, disabledReason: vscode.l10n.t('The config file is gone.') })) : plans;
  }

  /**
   * One of the fixes of a run, as it fits the config now: what offered it may be older than the last edit.
   * @returns undefined, after saying so, where it is no longer on offer.
   */
  async planForRun(run: RunMirror, id: string): Promise<FixPlan | undefined> {
    const plans = this.plansForRun(run, await this.presentText(run));
    const plan = plans.find((candidate) => candidate.fix.id === id);
    if (plan === undefined)
      void vscode.window.showWarningMessage(vscode.l10n.t('This fix is no longer on offer: the run it belongs to has changed.'));
    return plan;
  }

  /**
   * Applies one of the fixes of a run.
   * @returns false, after saying why, where it cannot be applied.
   */
  async applyForRun(run: RunMirror, id: string): Promise<boolean> {
    const plan = await this.planForRun(run, id);
    return plan !== undefined && this.apply(vscode.Uri.file(run.configFile), plan);
  }

  /**
   * Writes a fix into the config, as one undo step in its editor.
   * @returns false, after saying why, where it cannot be applied.
   */
  async apply(uri: vscode.Uri, plan: FixPlan): Promise<boolean> {
    if (plan.disabledReason !== undefined) {
      void vscode.window.showWarningMessage(vscode.l10n.t('"{0}" cannot be applied: {1}', plan.fix.title, plan.disabledReason));
      return false;
    }
    const document = await vscode.workspace.openTextDocument(uri);
    await showBesideDashboard(document);
    const applied = await vscode.workspace.applyEdit(configWorkspaceEdit(document, plan.changes));
    if (applied) this.problems.check(document);
    return applied;
  }
}

/** An edited document should be in sight; where it is already, its editor stays as it is. */
async function showBesideDashboard(document: vscode.TextDocument): Promise<void> {
  const visible = vscode.window.visibleTextEditors.some((editor) => editor.document === document);
  if (!visible) await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: false, preserveFocus: true });
}
