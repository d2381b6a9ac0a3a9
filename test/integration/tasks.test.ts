import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cleanUp, gradwatch } from './in-editor.js';

/** Runs a gradwatch task to its end and gives its exit code. */
async function exitCodeOf(config: string, settings: Record<string, unknown>): Promise<number | undefined> {
  const tasks = await vscode.tasks.fetchTasks({ type: 'gradwatch' });
  const offered = tasks.find(({ definition }) => definition['config'] === config);
  assert.ok(offered, `no task for ${config}: ${tasks.map(({ name }) => name).join(', ')}`);
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder);
  const task = new vscode.Task({ ...offered.definition, ...settings }, folder, offered.name, 'gradwatch', offered.execution);
  return new Promise((resolve, reject) => {
    const subscription = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (execution.task.name !== task.name) return;
      subscription.dispose();
      resolve(exitCode);
    });
    vscode.tasks.executeTask(task).then(undefined, reject);
  });
}

describe('the gradwatch task', function () {
  this.timeout(60_000);
  afterEach(cleanUp);

  it('trains a healthy config and ends with 0', async () => {
    assert.equal(await exitCodeOf('penguins/gradwatch.json', { steps: 20 }), 0);
    const { runs } = await gradwatch();
    assert.equal(runs.current?.end?.steps, 20);
  });

  it('stops at an error finding and ends with 3', async () => {
    assert.equal(await exitCodeOf('auto-mpg/gradwatch.json', {}), 3);
  });
});
