import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { runPageCommand } from '../../src/extension/page-actions.js';
import type { TrialsResult } from '../../src/telemetry/trials-protocol.js';
import { cleanUp, gradwatch, openExample, problem, replaceInDocument, train, until } from './in-editor.js';

/** The quick fixes on a range; none is undefined, for VS Code cancels a request while providers change. */
async function quickFixes(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.CodeAction[] | undefined> {
  const kind = vscode.CodeActionKind.QuickFix.value;
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, range, kind);
  return actions.length > 0 ? actions : undefined;
}

describe('quick fixes', function () {
  this.timeout(60_000);
  afterEach(cleanUp);

  async function exploded(): Promise<{ document: vscode.TextDocument; risk: vscode.Diagnostic }> {
    const document = await openExample('auto-mpg');
    const run = await train(document.uri);
    await until('paused', () => run.state === 'paused');
    return { document, risk: await problem(document.uri, 'explosion-risk') };
  }

  it('offers fixes on the finding, exactly one preferred', async () => {
    const { document, risk } = await exploded();
    const actions = await until('actions', () => quickFixes(document, risk.range));
    assert.ok(actions.length >= 2, actions.map(({ title }) => title).join('; '));
    assert.equal(actions.filter(({ isPreferred }) => isPreferred).length, 1);
    assert.ok(actions.every(({ kind }) => kind?.value === 'quickfix'));
  });

  it('edits the config, keeps its comments, and one undo restores the text', async () => {
    const { document, risk } = await exploded();
    const before = document.getText();
    const actions = await until('actions', () => quickFixes(document, risk.range));
    const action = actions.find(({ isPreferred }) => isPreferred);
    assert.ok(action?.edit);
    assert.ok(await vscode.workspace.applyEdit(action.edit));
    const after = document.getText();
    assert.notEqual(after, before);
    assert.ok(after.includes('// Miles per gallon'));
    assert.match(after, /"scale": "standard"/);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
  });

  it('tries the fixes on request: the proven one is preferred and says so, until the config says something else', async () => {
    const { document, risk } = await exploded();
    const before = document.getText();
    const result = await vscode.commands.executeCommand<TrialsResult | undefined>('gradwatch.findFix', document.uri);
    assert.equal(result?.status, 'fixed');
    assert.equal(document.getText(), before);
    const actions = await until('actions', () => quickFixes(document, risk.range));
    const preferred = actions.filter(({ isPreferred }) => isPreferred);
    assert.equal(preferred.length, 1);
    assert.match(preferred[0]?.title ?? '', /^Scale the inputs.* - verified: loss 0\.\d+ of baseline$/);
    await replaceInDocument(document, '"learningRate": 0.01', '"learningRate": 0.011');
    await until('results are dropped', async () => {
      const now = await quickFixes(document, risk.range);
      return now !== undefined && now.every(({ title }) => !title.includes('verified'));
    });
  });

  it('ends a search that is cancelled without a result, and leaves no process', async () => {
    const { document } = await exploded();
    const { searches } = await gradwatch();
    const search = vscode.commands.executeCommand<TrialsResult | undefined>('gradwatch.findFix', document.uri);
    const pid = await until('the search', () => searches.pid);
    await vscode.commands.executeCommand('gradwatch.cancelFindFix');
    assert.equal(await search, undefined);
    assert.throws(() => process.kill(pid, 0));
    assert.equal(searches.outcomeFor(document.uri.fsPath), undefined);
  });

  it('applies by command, then knows that the config has it', async () => {
    const { document } = await exploded();
    const applied = await vscode.commands.executeCommand('gradwatch.applyFix', document.uri, 'scale-inputs');
    assert.equal(applied, true);
    assert.match(document.getText(), /"scale": "standard"/);
    const again = await vscode.commands.executeCommand('gradwatch.applyFix', document.uri, 'scale-inputs');
    assert.equal(again, false);
  });

  it('shows from the page what a fix of a recorded run would change, though a newer run of that config does not offer it', async () => {
    const services = await gradwatch();
    const { runs, library, dashboard } = services;
    const { document } = await exploded();
    const exploding = runs.current;
    await runs.stop();
    const key = exploding?.runId;
    assert.ok(key);
    const stored = await until('the run in the library', async () => (await library.refresh()).find((run) => run.key === key));
    await vscode.commands.executeCommand('gradwatch.applyFix', document.uri, 'scale-inputs');
    await replaceInDocument(document, '"learningRate": 0.01', '"learningRate": 0.00001');
    const newer = await train(document.uri);
    await until('steps', () => newer.lastStep >= 0);
    await runs.stop();
    const offered = services.fixes.plansFor(document.uri, document.getText()).map(({ fix }) => fix.id);
    assert.ok(!offered.includes('lower-learning-rate'), offered.join(', '));
    dashboard.show(await library.open(stored.log));
    await runPageCommand(services, { type: 'previewFix', fix: 'lower-learning-rate' });
    const { input } = await until('the comparison', () => vscode.window.tabGroups.activeTabGroup.activeTab);
    assert.ok(input instanceof vscode.TabInputTextDiff);
    const proposed = await vscode.workspace.openTextDocument(input.modified);
    assert.match(proposed.getText(), /"scale": "standard"/);
    assert.notEqual(proposed.getText(), document.getText());
    dashboard.show(null);
  });

  it('fits the present text when lines and layers were inserted since the run', async () => {
    const { document } = await exploded();
    await replaceInDocument(document, '"layers": [', '"layers": [\n      { "type": "dense", "units": 8 },');
    const applied = await vscode.commands.executeCommand('gradwatch.applyFix', document.uri, 'lower-learning-rate');
    assert.equal(applied, true);
    assert.match(document.getText(), /"units": 8 \},/);
    assert.doesNotMatch(document.getText(), /"learningRate": 0.01 /);
  });
});
