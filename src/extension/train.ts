import * as vscode from 'vscode';
import type { RunOptions } from '../telemetry/trainer-protocol.js';
import { checkConfig } from './config-check.js';
import { readConfigText } from './config-files.js';
import { markProblem } from './reveal.js';
import type { RunMirror } from './run-mirror.js';
import type { Services } from './services.js';
import { settings } from './settings.js';
import { trustReason } from './trust.js';

/** What a task or a test may set for one run. */
export type RunOverrides = Pick<RunOptions, 'steps' | 'engine' | 'seed' | 'onTrouble' | 'runDir'>;

/**
 * Starts a run on what the editor shows of a config.
 * @returns the run, or undefined, after saying why, where none was started.
 */
export async function startRun(
  services: Services,
  uri: vscode.Uri,
  { checkOnly = false, ...overrides }: RunOverrides & { checkOnly?: boolean } = {},
): Promise<RunMirror | undefined> {
  const configText = await readConfigText(uri);
  if (!(await canTrain(uri, configText))) return undefined;
  if (!(await mayReplace(services, uri))) return undefined;
  if (settings.openDashboardOnTrain() && !checkOnly) services.dashboard.open(true);
  const options = {
    ...overrides,
    configFile: uri.fsPath,
    configText,
    trusted: vscode.workspace.isTrusted,
    tensorflowPath: settings.tensorflowPath(),
  };
  return services.runs.start({ options, checkOnly, nodePath: settings.nodePath() });
}

/** Whether a config can be trained here; where it cannot, the user is told why. */
export async function canTrain(uri: vscode.Uri, text: string): Promise<boolean> {
  return mayTrain() && (await isOnDisk(uri)) && (await isRunnable(uri, text));
}

/** Whether training is on here; where it is off, the user is told why. */
export function mayTrain(): boolean {
  const reason = trustReason();
  if (reason === null) return true;
  const manage = vscode.l10n.t('Manage Workspace Trust');
  void vscode.window
    .showWarningMessage(reason, manage)
    .then((choice) => choice === manage && vscode.commands.executeCommand('workbench.trust.manage'));
  return false;
}

async function isOnDisk(uri: vscode.Uri): Promise<boolean> {
  if (uri.scheme === 'file') return true;
  const where =
    uri.scheme === 'untitled'
      ? vscode.l10n.t('Save the configuration first: its data is looked for beside it.')
      : vscode.l10n.t('Training needs the configuration and its data on disk.');
  await vscode.window.showWarningMessage(where);
  return false;
}

/** Opens the first error of a config that cannot run. */
async function isRunnable(uri: vscode.Uri, text: string): Promise<boolean> {
  const check = checkConfig(text, vscode.workspace.asRelativePath(uri));
  if (check.valid) return true;
  const [first] = check.problems;
  if (first !== undefined) {
    await markProblem(uri, first);
    void vscode.window.showErrorMessage(first.format());
  }
  return false;
}

/** A run of the same config is replaced; for that of another one the user is asked. */
async function mayReplace({ runs }: Services, uri: vscode.Uri): Promise<boolean> {
  const { running } = runs;
  if (running === null || running.configFile === uri.fsPath || running.checkOnly) return true;
  const replace = vscode.l10n.t('Stop It and Train');
  const name = vscode.workspace.asRelativePath(running.configFile);
  return (await vscode.window.showWarningMessage(vscode.l10n.t('{0} is being trained.', name), { modal: true }, replace)) === replace;
}
