import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cleanUp, extension, fileUri, gradwatch, open } from './in-editor.js';

interface Manifest {
  contributes: { commands: { command: string }[] };
}

describe('activation', () => {
  afterEach(cleanUp);

  it('starts by itself in a workspace with a config, without a notification', async () => {
    const { activationMs, notifier } = await gradwatch();
    assert.equal(extension().isActive, true);
    assert.ok(activationMs < 1000, `activate took ${activationMs} ms`);
    assert.deepEqual(notifier.shown, []);
    console.log(`      activate took ${activationMs.toFixed(1)} ms`);
  });

  it('registers every command it contributes', async () => {
    await gradwatch();
    const contributed = (extension().packageJSON as Manifest).contributes.commands.map(({ command }) => command);
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.ok(contributed.length >= 10);
    assert.deepEqual(
      contributed.filter((command) => !registered.has(command)),
      [],
    );
  });

  it('makes configs JSON with comments', async () => {
    const document = await open(fileUri('reference-l1/twenty-features.gradwatch.json'));
    assert.equal(document.languageId, 'jsonc');
  });

  it('offers Train and Check above a config', async () => {
    const { uri } = await open(fileUri('penguins/gradwatch.json'));
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 10);
    const commands = lenses.map((lens) => lens.command?.command);
    assert.deepEqual(commands, ['gradwatch.train', 'gradwatch.check']);
  });
});
