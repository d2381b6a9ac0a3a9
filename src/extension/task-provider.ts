import * as vscode from 'vscode';
import { findConfigs } from './config-files.js';
import { RunTerminal } from './run-terminal.js';
import type { Services } from './services.js';
import type { RunOverrides } from './train.js';

export const TASK_TYPE = 'gradwatch';

/** A `gradwatch` task of tasks.json. */
export interface GradwatchTaskDefinition extends vscode.TaskDefinition {
  /** Path of the config, relative to the workspace folder or absolute. */
  config: string;
  steps?: number;
  onTrouble?: RunOverrides['onTrouble'];
}

/** Training as a task: it runs like *Train Model* and tells of it in a terminal; the task's exit code is that of the command line. */
export class GradwatchTaskProvider implements vscode.TaskProvider {
  constructor(private readonly services: Services) {}

  async provideTasks(): Promise<vscode.Task[]> {
    const configs = await findConfigs();
    return configs.flatMap((uri) => {
      const folder = vscode.workspace.getWorkspaceFolder(uri);
      if (folder === undefined) return [];
      return [this.makeTask({ type: TASK_TYPE, config: vscode.workspace.asRelativePath(uri, false) }, folder)];
    });
  }

  resolveTask(task: vscode.Task): vscode.Task | undefined {
    const { definition, scope } = task;
    if (typeof definition['config'] !== 'string') return undefined;
    const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
    return folder && this.makeTask(definition as GradwatchTaskDefinition, folder);
  }

  /** The definition must stay the very object that VS Code asked about. */
  private makeTask(definition: GradwatchTaskDefinition, folder: vscode.WorkspaceFolder): vscode.Task {
    const execution = new vscode.CustomExecution((resolved) => {
      const task = { ...definition, ...resolved };
      return Promise.resolve(new RunTerminal(this.services, configUri(task.config, folder), overridesOf(task)));
    });
    const task = new vscode.Task(definition, folder, `train ${definition.config}`, TASK_TYPE, execution);
    task.detail = vscode.l10n.t('Train the model and watch its gradients');
    return task;
  }
}

function configUri(config: string, folder: vscode.WorkspaceFolder): vscode.Uri {
  return /^([/\\]|[a-zA-Z]:)/.test(config) ? vscode.Uri.file(config) : vscode.Uri.joinPath(folder.uri, config);
}

/** Nobody answers a paused task, so trouble stops it unless the task says otherwise. */
function overridesOf({ steps, onTrouble }: GradwatchTaskDefinition): RunOverrides {
  return { onTrouble: onTrouble ?? 'stop', ...(steps !== undefined && { steps }) };
}
