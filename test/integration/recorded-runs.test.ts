import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cleanUp, fileUri, gradwatch, openConfig, train, until } from './in-editor.js';

const SHORT = `{
  "data": { "generator": { "name": "circles", "samples": 64, "noise": 0.1, "seed": 1 } },
  "model": { "layers": [{ "type": "dense", "units": 4, "activation": "tanh" }, { "type": "dense", "units": 1, "activation": "sigmoid" }] },
  "training": { "loss": "binaryCrossentropy", "optimizer": { "type": "adam", "learningRate": 0.01 }, "epochs": 3 }
}
`;

describe('recorded runs', function () {
  this.timeout(60_000);
  afterEach(cleanUp);

  async function recordedRun(): Promise<string> {
    const { runs, library } = await gradwatch();
    const { uri } = await openConfig('short.gradwatch.json', SHORT);
    const run = await runs.whenEnded(await train(uri));
    const key = run.runId;
    assert.ok(key);
    await until('the run in the library', async () => (await library.refresh()).some((stored) => stored.key === key));
    return key;
  }

  it('are listed, opened from their log, named and deleted', async () => {
    const { library, dashboard } = await gradwatch();
    const key = await recordedRun();
    const stored = library.find(key);
    assert.ok(stored);
    assert.equal(stored.summary.status, 'completed');
    assert.equal(stored.summary.steps, 6);
    await vscode.commands.executeCommand('gradwatch.openRun', vscode.Uri.file(stored.log));
    assert.equal(dashboard.shown?.key, key);
    assert.equal(dashboard.shown?.frames()?.count, 6);
    assert.equal(dashboard.shown?.configFile, fileUri('short.gradwatch.json').fsPath);
    await library.rename(stored, 'first try');
    assert.equal(library.find(key)?.summary.label, 'first try');
    await vscode.commands.executeCommand('gradwatch.deleteRun', key, true);
    assert.equal(library.find(key), undefined);
    await assert.rejects(Promise.resolve(vscode.workspace.fs.stat(vscode.Uri.file(stored.log))));
  });

  it('come back with the panel after a window reload', async () => {
    const { dashboard, library } = await gradwatch();
    const key = await recordedRun();
    const stored = library.find(key);
    assert.ok(stored);
    const recorded = await library.open(stored.log);
    dashboard.show(recorded);
    const panel = vscode.window.createWebviewPanel('gradwatch.dashboard', 'restored', vscode.ViewColumn.Two);
    await dashboard.deserializeWebviewPanel(panel, { version: 1, run: key, compare: null });
    assert.equal(dashboard.shown?.runId, key);
  });

  it('are exported as a report', async () => {
    const key = await recordedRun();
    const to = fileUri('report.html');
    await vscode.commands.executeCommand('gradwatch.exportReport', key, to);
    const html = new TextDecoder().decode(await vscode.workspace.fs.readFile(to));
    assert.match(html, /<gradwatch-dashboard>/);
    assert.match(html, new RegExp(key));
    await vscode.workspace.fs.delete(to);
  });

  it('that are damaged are told as such', async () => {
    const { library } = await gradwatch();
    const log = fileUri('.gradwatch/runs/damaged/events.jsonl');
    await vscode.workspace.fs.writeFile(log, new TextEncoder().encode('{"event":"start"\nnonsense\n'));
    await until('the damaged run', async () => (await library.refresh()).some((run) => run.key === 'damaged'));
    assert.equal(library.find('damaged')?.summary.problem, 'The log is damaged');
    await assert.rejects(library.open(log.fsPath), /damaged/);
    await vscode.commands.executeCommand('gradwatch.deleteRun', 'damaged', true);
    assert.equal(library.find('damaged'), undefined);
  });
});
