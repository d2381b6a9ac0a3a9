import * as vscode from 'vscode';
import { readConfigText } from './config-files.js';
import { bestPlan, type FixPlan } from './fix-plan.js';
import type { Services } from './services.js';
import { trialDetail } from './trial-words.js';

/** What the user picked of the list, and what is to be done with it. */
interface Choice {
  plan: FixPlan;
  retrain: boolean;
}

interface PlanItem extends vscode.QuickPickItem {
  plan: FixPlan;
}

const PREVIEW: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('diff'), tooltip: vscode.l10n.t('Preview the Change') };
const RETRAIN: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('play'), tooltip: vscode.l10n.t('Apply and Train') };

/**
 * Applies a fix to a config: the one named, or the one picked from a list; then trains it where that is asked for.
 * @returns whether it was applied.
 */
export async function applyFixCommand(services: Services, uri: vscode.Uri, id?: string, retrain = false): Promise<boolean> {
  const plans = services.fixes.plansFor(uri, await readConfigText(uri));
  const named = plans.find(({ fix }) => fix.id === id);
  const choice = id === undefined ? await pick(services, plans, uri) : named && { plan: named, retrain };
  if (choice === undefined || !(await services.fixes.apply(uri, choice.plan))) return false;
  if (choice.retrain) await vscode.commands.executeCommand('gradwatch.train', uri);
  return true;
}

/** Shows what a fix would change; the one named, or the best. */
export async function previewFixCommand({ fixes, preview }: Services, uri: vscode.Uri, id?: string): Promise<void> {
  const plans = fixes.plansFor(uri, await readConfigText(uri));
  const plan = id === undefined ? bestPlan(plans) : plans.find(({ fix }) => fix.id === id);
  if (plan !== undefined) await preview.show(uri, plan);
}

async function pick({ preview }: Services, plans: readonly FixPlan[], uri: vscode.Uri): Promise<Choice | undefined> {
  const name = vscode.workspace.asRelativePath(uri);
  const possible = plans.filter((plan) => plan.disabledReason === undefined);
  if (possible.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no quick fix for {0} now. Train or check it to find trouble.', name));
    return undefined;
  }
  const list = vscode.window.createQuickPick<PlanItem>();
  Object.assign(list, { title: vscode.l10n.t('Quick fixes for {0}', name), matchOnDetail: true, items: possible.map(toItem) });
  return new Promise<Choice | undefined>((resolve) => {
    list.onDidAccept(() => {
      const [item] = list.selectedItems;
      resolve(item && { plan: item.plan, retrain: false });
      list.hide();
    });
    list.onDidTriggerItemButton(({ button, item: { plan } }) => {
      resolve(button === RETRAIN ? { plan, retrain: true } : undefined);
      list.hide();
      if (button === PREVIEW) void preview.show(uri, plan);
    });
    list.onDidHide(() => {
      resolve(undefined);
      list.dispose();
    });
    list.show();
  });
}

const ICONS = { fixes: '$(pass)', helps: '$(arrow-small-up)', 'no-effect': '$(circle-slash)', worse: '$(arrow-small-down)' };

function toItem(plan: FixPlan): PlanItem {
  const { fix, answers, trial } = plan;
  return {
    label: trial === undefined ? fix.title : `${ICONS[trial.verdict]} ${fix.title}`,
    description: answers.join(', '),
    detail: trial === undefined ? fix.why : `${trialDetail(trial)}. ${fix.why}`,
    buttons: [PREVIEW, RETRAIN],
    plan,
  };
}
