import path from 'node:path';
import * as vscode from 'vscode';
import { formatNumber } from '../diagnosis/format-number.js';
import { runByKey, runHistory } from './run-history.js';
import { EVENTS_FILE } from './run-log-file.js';
import type { StoredRun } from './run-library.js';
import type { RunMirror } from './run-mirror.js';
import type { RunSummary } from '../telemetry/page-protocol.js';
import type { Services } from './services.js';

/** Opens a recorded run: the one named by its key, the one of a log file or run directory, or one that is picked. */
export async function openRunCommand(services: Services, target?: unknown): Promise<RunMirror | undefined> {
  const run = await runOf(services, target, 'Open Recorded Run');
  if (run === undefined) return undefined;
  services.dashboard.show(run);
  services.dashboard.open();
  return run;
}

/** Lays a second run over the one on show, or over one that is picked. */
export async function compareRunsCommand(services: Services, target?: unknown, first?: unknown): Promise<void> {
  const { dashboard } = services;
  const shown = first === undefined ? dashboard.shown : await runOf(services, first, 'Compare Runs: the First');
  const base = shown ?? (await runOf(services, undefined, 'Compare Runs: the First'));
  if (base === undefined) return;
  const other = await runOf(services, target, 'Compare Runs: the Second', base);
  if (other === undefined) return;
  if (dashboard.shown !== base) dashboard.show(base);
  dashboard.compare(other);
  dashboard.open();
}

/** Gives a recorded run a name. */
export async function renameRunCommand(services: Services, target?: unknown): Promise<void> {
  const stored = await storedRun(services, target, 'Name Recorded Run');
  if (stored === undefined) return;
  const label = await vscode.window.showInputBox({
    title: 'Name Recorded Run',
    prompt: `A name for ${stored.key}; empty takes it away.`,
    value: stored.summary.label ?? '',
    validateInput: (text) => (text.length > 120 ? 'At most 120 characters.' : undefined),
  });
  if (label !== undefined) await services.library.rename(stored, label);
}

/** Deletes a recorded run, after asking. `confirmed` is for callers that have asked already. */
export async function deleteRunCommand(services: Services, target?: unknown, confirmed?: unknown): Promise<void> {
  const { dashboard, library, runs } = services;
  const stored = await storedRun(services, target, 'Delete Recorded Run');
  if (stored === undefined) return;
  if (runs.running?.runId === stored.key) {
    void vscode.window.showWarningMessage('This run goes on. Stop it before you delete it.');
    return;
  }
  const ok = 'Delete';
  const question = `Delete the run ${stored.summary.label ?? stored.key}?`;
  const detail = `Its folder, ${vscode.workspace.asRelativePath(path.dirname(stored.log))}, goes to the trash where there is one. The config stays.`;
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
    void vscode.window.showInformationMessage(`There is no ${except === undefined ? '' : 'other '}recorded run in this workspace.`);
    return undefined;
  }
  const items = history.map((summary) => pickItem(summary, summary.run === dashboard.shown?.key));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: 'Which run?', matchOnDescription: true }))?.run;
}

const ICONS: Partial<Record<RunSummary['status'], string>> = {
  completed: 'pass',
  diverged: 'error',
  failed: 'error',
  stopped: 'debug-stop',
};

function pickItem(summary: RunSummary, shown: boolean): vscode.QuickPickItem & { run: string } {
  const { run, time, config, status, steps, loss, baselineLoss, label, problem } = summary;
  const share = baselineLoss > 0 ? `, ${formatNumber(loss / baselineLoss)} of baseline` : '';
  return {
    run,
    label: `$(${problem === undefined ? (ICONS[status] ?? 'circle-large-outline') : 'warning'}) ${label ?? config}`,
    description: `${new Date(time).toLocaleString()}${label === undefined ? '' : `, ${config}`}${shown ? ', on show' : ''}`,
    detail: problem ?? `${status}, ${formatNumber(steps)} steps, loss ${formatNumber(loss)}${share}`,
  };
}
