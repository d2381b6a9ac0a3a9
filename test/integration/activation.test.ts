import assert from 'node:assert/strict';
import * as vscode from 'vscode';

interface Manifest {
  contributes: { commands: { command: string }[] };
}

describe('activation', () => {
  it('activates in a workspace with a config and registers every contributed command', async () => {
    const extension = vscode.extensions.getExtension('gradwatch.gradwatch');
    assert.ok(extension, 'the extension is installed');
    await extension.activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const contributed = (extension.packageJSON as Manifest).contributes.commands.map(({ command }) => command);
    assert.ok(contributed.length > 0);
    assert.deepEqual(
      contributed.filter((command) => !registered.has(command)),
      [],
    );
  });

  it('finds the configs of the workspace', async () => {
    const files = await vscode.workspace.findFiles('**/{gradwatch.json,*.gradwatch.json}');
    assert.ok(files.length >= 4, `found ${files.length}`);
  });
});
