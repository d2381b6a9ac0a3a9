import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cleanUp, codeOf, openConfig, problem, problemsOf, replaceInDocument, until } from './in-editor.js';

const HEALTHY = `{
  // A comment.
  "data": { "generator": { "name": "circles", "samples": 200, "noise": 0.1, "seed": 1 } },
  "model": {
    "layers": [
      { "type": "dense", "units": 8, "activation": "relu" },
      { "type": "dense", "units": 1, "activation": "sigmoid" }
    ]
  },
  "training": {
    "loss": "binaryCrossentropy",
    "optimizer": { "type": "adam", "learningRate": 0.01 },
    "epochs": 2
  }
}
`;

/** The text a diagnostic underlines. */
function marked(document: vscode.TextDocument, diagnostic: vscode.Diagnostic): string {
  return document.getText(diagnostic.range);
}

describe('problems as you type', () => {
  afterEach(cleanUp);

  it('marks an unknown key, names the nearest known one, and clears when it is corrected', async () => {
    const document = await openConfig('typing.gradwatch.json', HEALTHY);
    await replaceInDocument(document, '"learningRate"', '"learningrate"');
    const found = await problem(document.uri, 'config-invalid');
    assert.equal(marked(document, found), '"learningrate"');
    assert.match(found.message, /learningRate/);
    assert.equal(found.severity, vscode.DiagnosticSeverity.Error);
    await replaceInDocument(document, '"learningrate"', '"learningRate"');
    await until('no problem', () => problemsOf(document.uri).length === 0);
  });

  it('marks a value of the wrong type', async () => {
    const document = await openConfig('typing.gradwatch.json', HEALTHY.replace('"epochs": 2', '"epochs": "many"'));
    const found = await problem(document.uri, 'config-invalid');
    assert.equal(marked(document, found), '"many"');
  });

  it('marks broken syntax', async () => {
    const document = await openConfig('typing.gradwatch.json', HEALTHY.replace('"epochs": 2', '"epochs": '));
    await problem(document.uri, 'config-syntax');
  });

  it('marks the activation of a softmax over one unit, as a finding that needs no training', async () => {
    const document = await openConfig('typing.gradwatch.json', HEALTHY.replace('sigmoid', 'softmax'));
    const found = await problem(document.uri, 'single-unit-softmax');
    assert.match(marked(document, found), /"activation": "softmax"/);
  });

  it('has nothing to say of a healthy config', async () => {
    const document = await openConfig('healthy.gradwatch.json', HEALTHY);
    await openConfig('other.gradwatch.json', HEALTHY.replace('sigmoid', 'softmax')).then(({ uri }) => problem(uri, 'single-unit-softmax'));
    assert.deepEqual(problemsOf(document.uri).map(codeOf), []);
  });

  it('follows a file that is changed by somebody else while no editor shows it', async () => {
    const document = await openConfig('followed.gradwatch.json', HEALTHY.replace('sigmoid', 'softmax'));
    await problem(document.uri, 'single-unit-softmax');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await openConfig('followed.gradwatch.json', HEALTHY);
    await until('no problem', () => problemsOf(document.uri).length === 0);
  });

  it('forgets the problems of a deleted config', async () => {
    const { uri } = await openConfig('doomed.gradwatch.json', HEALTHY.replace('sigmoid', 'softmax'));
    await problem(uri, 'single-unit-softmax');
    const edit = new vscode.WorkspaceEdit();
    edit.deleteFile(uri);
    assert.ok(await vscode.workspace.applyEdit(edit));
    await until('no problem', () => problemsOf(uri).length === 0);
  });
});
