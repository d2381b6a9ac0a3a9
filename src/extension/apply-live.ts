import * as vscode from 'vscode';
import type { RunMirror } from './run-mirror.js';
import type { Services } from './services.js';

/**
 * Applies a fix to the run that goes on, from its last healthy step where something is wrong with it unless told otherwise; a paused run
 * then goes on. The config is not touched.
 * @returns false, after saying why, where it cannot be applied.
 */
export function applyLive({ fixes, runs }: Services, run: RunMirror, id: string, from: 'now' | 'healthy' = bestStart(run)): boolean {
  const plan = fixes.plansForRun(run, null).find((candidate) => candidate.fix.id === id);
  if (plan === undefined || !plan.fix.live || runs.running !== run) {
    const why =
      plan === undefined
        ? vscode.l10n.t('It is no longer on offer.')
        : plan.fix.live
          ? vscode.l10n.t('The run is over.')
          : vscode.l10n.t('It needs a new run.');
    void vscode.window.showWarningMessage(vscode.l10n.t('This fix cannot be applied live. {0}', why));
    return false;
  }
  const { edits, title } = plan.fix;
  runs.change({ edits, from, fix: id, title });
  if (run.state === 'paused') runs.resume();
  return true;
}

/** Asks which of the fixes that a running trainer can take on is to be applied. */
export async function applyLiveCommand(services: Services): Promise<boolean> {
  const run = services.runs.running;
  const plans = run === null ? [] : services.fixes.plansForRun(run, null).filter((plan) => plan.fix.live);
  if (run === null || plans.length === 0) {
    void vscode.window.showInformationMessage(
      run === null ? vscode.l10n.t('There is no run to change.') : vscode.l10n.t('There is no fix for this run that can be applied live.'),
    );
    return false;
  }
  const items = plans.map(({ fix }) => ({ label: fix.title, detail: fix.why, id: fix.id }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Apply live, without touching the config'),
    matchOnDetail: true,
  });
  return picked !== undefined && applyLive(services, run, picked.id);
}

/** A run that was found to be lost is taken back; nothing of a healthy one is given up. */
function bestStart(run: RunMirror): 'now' | 'healthy' {
  return run.standing.some(({ severity }) => severity === 'error') ? 'healthy' : 'now';
}
