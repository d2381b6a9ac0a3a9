import { existsSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import * as vscode from 'vscode';
import type { GradwatchApi } from './api.js';
import { FixActionProvider } from './code-actions.js';
import { ConfigLensProvider } from './code-lens.js';
import { registerCommands, reportFailure } from './commands.js';
import { CONFIG_SELECTOR } from './config-files.js';
import { createContextKeys } from './context-keys.js';
import { DASHBOARD_VIEW, DashboardPanel } from './dashboard-panel.js';
import { FixPreview } from './fix-preview.js';
import { FixSearchService } from './fix-search.js';
import { FixService } from './fix-service.js';
import { setLanguage } from './language.js';
import { Notifier } from './notifier.js';
import { runPageCommand } from './page-actions.js';
import { ProblemReporter } from './problem-reporter.js';
import { RunLibrary } from './run-library.js';
import { RunService } from './run-service.js';
import type { Services } from './services.js';
import { createStatusBar } from './status-bar.js';
import { GradwatchTaskProvider, TASK_TYPE } from './task-provider.js';

/** Starts the extension. What fails here is shown, never swallowed. */
export function activate(context: vscode.ExtensionContext): GradwatchApi {
  const begin = performance.now();
  setLanguage((english, ...values) => vscode.l10n.t(english, ...values));
  const log = vscode.window.createOutputChannel('Gradwatch', { log: true });
  context.subscriptions.push(log);
  try {
    const services = createServices(context, log);
    registerProviders(context, services);
    const activationMs = performance.now() - begin;
    log.debug(`Activated in ${activationMs.toFixed(1)} ms`);
    return { ...services, activationMs };
  } catch (error) {
    log.error(error instanceof Error ? error : String(error));
    const text = error instanceof Error ? error.message : String(error);
    void vscode.window
      .showErrorMessage(vscode.l10n.t('Gradwatch could not start: {0}', text), vscode.l10n.t('Show Log'))
      .then((choice) => choice && log.show());
    throw error;
  }
}

function createServices(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Services {
  const trainerScript = context.asAbsolutePath(path.join('dist', 'trainer.js'));
  const runs = new RunService({ trainerScript, log });
  const searches = new FixSearchService({ trainerScript, log });
  const problems = new ProblemReporter(runs, docsTarget(context));
  const fixes = new FixService(problems, searches);
  const library = new RunLibrary();
  const dashboard = new DashboardPanel(context.extensionUri, runs, fixes, problems, searches, library);
  const notifier = new Notifier(runs, fixes, () => dashboard.visible);
  const preview = new FixPreview();
  context.subscriptions.push(runs, searches, problems, library, dashboard, notifier, preview);
  const native = {
    script: context.asAbsolutePath(path.join('dist', 'cli.js')),
    folder: path.join(context.globalStorageUri.fsPath, 'tensorflow'),
  };
  return { log, runs, problems, fixes, searches, preview, dashboard, library, notifier, extensionUri: context.extensionUri, native };
}

function registerProviders(context: vscode.ExtensionContext, services: Services): void {
  const { runs, problems, fixes, searches, dashboard } = services;
  const lenses = new ConfigLensProvider(runs, problems, searches);
  context.subscriptions.push(
    lenses,
    registerCommands(services),
    createStatusBar(runs),
    createContextKeys(runs, problems, fixes, searches),
    vscode.languages.registerCodeActionsProvider(CONFIG_SELECTOR, new FixActionProvider(fixes, runs), FixActionProvider.metadata),
    vscode.languages.registerCodeLensProvider(CONFIG_SELECTOR, lenses),
    vscode.window.registerWebviewPanelSerializer(DASHBOARD_VIEW, dashboard),
    vscode.tasks.registerTaskProvider(TASK_TYPE, new GradwatchTaskProvider(services)),
    dashboard.onCommand((command) => {
      runPageCommand(services, command).catch((error: unknown) => reportFailure(services, error));
    }),
  );
}

/** The page of a finding, where the extension carries one. */
function docsTarget(context: vscode.ExtensionContext): (id: string) => vscode.Uri | undefined {
  return (id) => {
    const file = context.asAbsolutePath(path.join('docs', 'findings', `${id}.md`));
    return existsSync(file) ? vscode.Uri.file(file) : undefined;
  };
}
