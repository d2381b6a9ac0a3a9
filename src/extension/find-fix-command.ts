import * as vscode from 'vscode';
import type { TrialsResult } from '../telemetry/trials-protocol.js';
import { readConfigText } from './config-files.js';
import { bestPlan } from './fix-plan.js';
import type { Services } from './services.js';
import { settings } from './settings.js';
import { canTrain } from './train.js';
import { searchLine } from './trial-words.js';

const APPLY = vscode.l10n.t('Apply');
const APPLY_AND_TRAIN = vscode.l10n.t('Apply and Train');
const PREVIEW = vscode.l10n.t('Preview');
const ALL = vscode.l10n.t('All Results...');

/**
 * Searches for a fix of a config that works, in short trials of what the editor shows, and offers what it has found. Nothing is
 * written before the user says so.
 * @returns the result; undefined where none was looked for, or the search was cancelled.
 */
export async function findFixCommand(services: Services, uri: vscode.Uri): Promise<TrialsResult | undefined> {
  const configText = await readConfigText(uri);
  if (!(await canTrain(uri, configText))) return undefined;
  const result = await searchWithProgress(services, uri, configText);
  if (result === null) return undefined;
  // Not awaited: who called wants the result, not what the user makes of it.
  void offer(services, uri, result);
  return result;
}

function searchWithProgress({ searches, problems }: Services, uri: vscode.Uri, configText: string): Thenable<TrialsResult | null> {
  const run = problems.runFor(uri);
  const known = run !== undefined && run.configText === configText && !run.checkOnly ? run.findings : [];
  const title = vscode.l10n.t('Finding a working fix for {0}', vscode.workspace.asRelativePath(uri));
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      let spent = 0;
      const told = searches.onProgress((now) => {
        // In percent of the budget: half a full run, and twice that where nothing fixes.
        const percent = Math.min(100, now.spent * 100);
        progress.report({ message: searchLine(now), increment: Math.max(0, percent - spent) });
        spent = Math.max(spent, percent);
      });
      const cancelled = token.onCancellationRequested(() => searches.cancel());
      try {
        const budget = settings.fixBudget();
        return await searches.search(
          {
            configFile: uri.fsPath,
            configText,
            trusted: vscode.workspace.isTrusted,
            tensorflowPath: settings.tensorflowPath(),
            findings: known,
            ...(budget === undefined ? {} : { budget: { seconds: budget } }),
          },
          settings.nodePath(),
        );
      } finally {
        told.dispose();
        cancelled.dispose();
      }
    },
  );
}

/** Says what was found; what can be done with it is a button. */
async function offer({ fixes }: Services, uri: vscode.Uri, result: TrialsResult): Promise<void> {
  const name = vscode.workspace.asRelativePath(uri);
  const best = bestPlan(fixes.plansFor(uri, await readConfigText(uri)));
  const good = result.status === 'fixed' || result.status === 'helps';
  const actions = good && best?.trial !== undefined ? [APPLY_AND_TRAIN, APPLY, PREVIEW, ALL] : result.trials.length > 0 ? [ALL] : [];
  const show = good || result.status === 'healthy' ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const choice = await show(`${name}: ${result.reason}`, ...actions);
  if (choice === undefined) return;
  if (choice === ALL) await vscode.commands.executeCommand('gradwatch.applyFix', uri);
  else
    await vscode.commands.executeCommand(
      choice === PREVIEW ? 'gradwatch.previewFix' : 'gradwatch.applyFix',
      uri,
      best?.fix.id,
      choice === APPLY_AND_TRAIN,
    );
}
