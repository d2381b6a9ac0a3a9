import path from 'node:path';
import * as vscode from 'vscode';
import { formatNumber } from '../diagnosis/format-number.js';
import { runByKey, runHistory } from './run-history.js';
import type { StoredRun } from './run-library.js';
import type { RunMirror } from './run-mirror.js';
import { EVENTS_FILE } from '../telemetry/log-reader.js';
import type { RunSummary } from '../telemetry/page-protocol.js';
import type { Services } from './services.js';

/** Opens a recorded run: the one named by its key, the one of a log file or run directory, or one that is picked. */
export async function openRunCommand(services: Services, target?: unknown): Promise<RunMirror | undefined> {
  const run = await runOf(services, target, vscode.l10n.t('Open Recorded Run'));
  if (run === undefined) return undefined;
  services.dashboard.show(run);
  services.dashboard.open();
  return run;
}

/** Lays a second run over the one on show, or over one that is picked. */
export async function compareRunsCommand(services: Services, target?: unknown, first?: unknown): Promise<void> {
  const { dashboard } = services;
  const shown = first === undefined ? dashboard.shown : await runOf(services, first, vscode.l10n.t('Compare Runs: the First'));
  const base = shown ?? (await runOf(services, undefined, vscode.l10n.t('Compare Runs: the First')));
  if (base === undefined) return;
  const other = await runOf(services, target, vscode.l10n.t('Compare Runs: the Second'), base);
  if (other === undefined) return;
  if (dashboard.shown !== base) dashboard.show(base);
  dashboard.compare(other);
  dashboard.open();
}

/** Gives a recorded run a name. */
export async function renameRunCommand(services: Services, target?: unknown): Promise<void> {
  const stored = await storedRun(services, target, vscode.l10n.t('Name Recorded Run'));
  if (stored === undefined) return;
  const label = await vscode.window.showInputBox({
    title: vscode.l10n.t('Name Recorded Run'),
    prompt: vscode.l10n.t('A name for {0}; empty takes it away.', stored.key),
    value: stored.summary.label ?? '',
    validateInput: (text) => (text.length > 120 ? vscode.l10n.t('At most 120 characters.') : undefined),
  });
  if (label !== undefined) await services.library.rename(stored, label);
}

/** Deletes a recorded run, after asking. `confirmed` is for callers that have asked already. */
export async function deleteRunCommand(services: Services, target?: unknown, confirmed?: unknown): Promise<void> {
  const { dashboard, library, runs } = services;
  const stored = await storedRun(services, target, vscode.l10n.t('Delete Recorded Run'));
  if (stored === undefined) return;
  if (runs.running?.runId === stored.key) {
    void vscode.window.showWarningMessage(vscode.l10n.t('This run goes on. Stop it before you delete it.'));
    return;
  }
  const ok = vscode.l10n.t('Delete');
  const question = vscode.l10n.t('Delete the run {0}?', stored.summary.label ?? stored.key);
  const detail = vscode.l10n.t(
    'Its folder, {0}, goes to the trash where there is one. The config stays.',
    vscode.workspace.asRelativePath(path.dirname(stored.log)),
  );
  if (confirmed !== true && (await vscode.window.showWarningMessage(question, { modal: true, detail }, ok)) !== ok) return;
  if (dashboard.compared?.key === stored.key) dashboard.compare(null);
  if (dashboard.shown?.key === stored.key) dashboard.show(null);
  await library.remove(stored);
}

/** The run a command is for. */
export async function runOf(services: Services, target: unknown, title: string, except?: RunMirror): Promise<RunMirror | undefined> {
  const { runs, library } = services;
  if (target instanceof vscode.Uri) return library.open(logOf(target));
  if (typeof target === 'string') return runByKey(target, runs, library);
  const key = await pickRun(services, title, except);
  return key === undefined ? undefined : runByKey(key, runs, library);
}

async function storedRun(services: Services, target: unknown, title: string): Promise<StoredRun | undefined> {
  const key = typeof target === 'string' ? target : await pickRun(services, title);
  if (key === undefined) return undefined;
  const live = services.runs.runs.find((run) => run.key === key)?.runId ?? key;
  const { library } = services;
  return library.find(live) ?? (await library.refresh()).find((run) => run.key === live);
}

/** The menu of the explorer gives a log; a folder stands for the log in it. */
function logOf(uri: vscode.Uri): string {
  return uri.path.endsWith('.jsonl') ? uri.fsPath : path.join(uri.fsPath, EVENTS_FILE);
}

async function pickRun({ runs, library, dashboard }: Services, title: string, except?: RunMirror): Promise<string | undefined> {
  await library.refresh();
  const history = runHistory(runs, library).filter(({ run }) => run !== except?.key && run !== except?.runId);
  if (history.length === 0) {
    void vscode.window.showInformationMessage(
      except === undefined
        ? vscode.l10n.t('There is no recorded run in this workspace.')
        : vscode.l10n.t('There is no other recorded run in this workspace.'),
    );
    return undefined;
  }
  const items = history.map((summary) => pickItem(summary, summary.run === dashboard.shown?.key));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('Which run?'), matchOnDescription: true }))?.run;
}

const ICONS: Partial<Record<RunSummary['status'], string>> = {
  completed: 'pass',
  diverged: 'error',
  failed: 'error',
  stopped: 'debug-stop',
};

function pickItem(summary: RunSummary, shown: boolean): vscode.QuickPickItem & { run: string } {
  const { run, time, config, status, steps, loss, baselineLoss, label, problem } = summary;
  const share = baselineLoss > 0 ? vscode.l10n.t(', {0} of baseline', formatNumber(loss / baselineLoss)) : '';
  return {
    run,
    label: `$(${problem === undefined ? (ICONS[status] ?? 'circle-large-outline') : 'warning'}) ${label ?? config}`,
    description: `${new Date(time).toLocaleString()}${label === undefined ? '' : `, ${config}`}${shown ? vscode.l10n.t(', on show') : ''}`,
    detail: problem ?? vscode.l10n.t('{0}, {1} steps, loss {2}{3}', stateWord(status), formatNumber(steps), formatNumber(loss), share),
  };
}

function stateWord(state: RunSummary['status']): string {
  const words: Record<RunSummary['status'], string> = {
    starting: vscode.l10n.t('starting'),
    preflight: vscode.l10n.t('preflight'),
    running: vscode.l10n.t('running'),
    paused: vscode.l10n.t('paused'),
    completed: vscode.l10n.t('completed'),
    diverged: vscode.l10n.t('diverged'),
    stopped: vscode.l10n.t('stopped'),
    failed: vscode.l10n.t('failed'),
  };
  return words[state];
}
