import * as vscode from 'vscode';
import { applyFixCommand, previewFixCommand } from './apply-fix-command.js';
import { applyLive, applyLiveCommand } from './apply-live.js';
import { checkCommand } from './check-command.js';
import { chooseConfig, isConfigUri } from './config-files.js';
import { findFixCommand } from './find-fix-command.js';
import { installTensorflowCommand } from './install-tensorflow-command.js';
import { newConfigCommand } from './new-config-command.js';
import { asErrorData } from './error-data.js';
import { exportReportCommand } from './export-report-command.js';
import { compareRunsCommand, deleteRunCommand, openRunCommand, renameRunCommand } from './run-commands.js';
import type { Services } from './services.js';
import { mayTrain, startRun, type RunOverrides } from './train.js';

/** Every command of the extension; `contributes.commands` names the same ones. */
export const COMMANDS = {
  train: async (services: Services, target?: unknown, overrides?: unknown) => {
    // Told before a config is asked for: nobody should pick in vain.
    const uri = mayTrain() ? await configUri(target, vscode.l10n.t('Train Model')) : undefined;
    return uri && startRun(services, uri, asOverrides(overrides));
  },
  check: async (services: Services, target?: unknown) => {
    const uri = await configUri(target, vscode.l10n.t('Check Configuration'));
    return uri && checkCommand(services, uri);
  },
  stop: ({ runs }: Services) => runs.stop(),
  pause: ({ runs }: Services) => runs.pause(),
  resume: ({ runs }: Services) => runs.resume(),
  step: ({ runs }: Services) => runs.step(),
  rollback: ({ runs }: Services) => runs.rollback(),
  applyLive: (services: Services, fix?: unknown) => {
    const run = services.runs.running;
    return run !== null && typeof fix === 'string' ? applyLive(services, run, fix) : applyLiveCommand(services);
  },
  openDashboard: ({ dashboard }: Services) => dashboard.open(),
  applyFix: async (services: Services, target?: unknown, fix?: unknown, retrain?: unknown) => {
    const uri = await configUri(target ?? currentConfig(services), vscode.l10n.t('Apply Quick Fix'));
    return uri && applyFixCommand(services, uri, typeof fix === 'string' ? fix : undefined, retrain === true);
  },
  previewFix: async (services: Services, target?: unknown, fix?: unknown) => {
    const uri = await configUri(target ?? currentConfig(services), vscode.l10n.t('Preview a Fix'));
    return uri && previewFixCommand(services, uri, typeof fix === 'string' ? fix : undefined);
  },
  findFix: async (services: Services, target?: unknown) => {
    const uri = mayTrain() ? await configUri(target, vscode.l10n.t('Find a Working Fix')) : undefined;
    return uri && findFixCommand(services, uri);
  },
  cancelFindFix: ({ searches }: Services) => searches.cancel(),
  newConfig: () => newConfigCommand(),
  installTensorflow: (services: Services) => installTensorflowCommand(services),
  openRun: openRunCommand,
  compareRuns: compareRunsCommand,
  renameRun: renameRunCommand,
  deleteRun: deleteRunCommand,
  exportReport: exportReportCommand,
  showLog: ({ log }: Services) => log.show(),
} satisfies Record<string, (services: Services, ...args: unknown[]) => unknown>;

/** Registers the commands. One that fails says so: what happened and what to do. */
export function registerCommands(services: Services): vscode.Disposable {
  const registrations = Object.entries(COMMANDS).map(([name, command]) =>
    vscode.commands.registerCommand(`gradwatch.${name}`, async (...args: unknown[]) => {
      try {
        return await command(services, ...args);
      } catch (error) {
        await reportFailure(services, error);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registrations);
}

/** Shows what failed: the sentence, the action, and the way to the log. */
export async function reportFailure({ log }: Pick<Services, 'log'>, error: unknown): Promise<void> {
  log.error(error instanceof Error ? error : String(error));
  const { message, action } = asErrorData(error);
  const showLog = vscode.l10n.t('Show Log');
  if ((await vscode.window.showErrorMessage(`${message} ${action}`, showLog)) === showLog) log.show();
}

function currentConfig({ runs }: Services): vscode.Uri | undefined {
  return runs.current === null ? undefined : vscode.Uri.file(runs.current.configFile);
}

/** The config a command is for: the one it was called on, or one chosen. */
async function configUri(target: unknown, title: string): Promise<vscode.Uri | undefined> {
  const uri = typeof target === 'string' ? vscode.Uri.parse(target) : target;
  if (uri instanceof vscode.Uri && isConfigUri(uri)) return uri;
  return chooseConfig(title);
}

/** What a caller may set for one run; menus pass a list of URIs here, which is none. */
function asOverrides(value: unknown): RunOverrides {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
