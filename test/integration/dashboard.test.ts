import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cleanUp, ENDLESS, fileUri, gradwatch, open, openConfig, train, until } from './in-editor.js';

describe('the dashboard', function () {
  this.timeout(60_000);
  afterEach(cleanUp);

  it('opens with the training, gets one snapshot when it is ready, then frames', async () => {
    const { dashboard } = await gradwatch();
    const { uri } = await openConfig('endless.gradwatch.json', ENDLESS);
    const { frames } = dashboard.traffic;
    await train(uri);
    await until('a live page', () => dashboard.isLive);
    await until('frames on the page', () => dashboard.traffic.frames > frames);
    assert.equal(dashboard.traffic.refused, 0);
  });

  it('sends nothing to a hidden page, and a snapshot when it is back', async () => {
    const { dashboard } = await gradwatch();
    const { uri } = await openConfig('endless.gradwatch.json', ENDLESS);
    const run = await train(uri);
    await until('a live page', () => dashboard.isLive);
    // Another editor in the dashboard's column hides it.
    const other = await vscode.workspace.openTextDocument(fileUri('README.md'));
    await vscode.window.showTextDocument(other, { viewColumn: vscode.ViewColumn.Two });
    await until('hidden', () => !dashboard.visible);
    const { frames, snapshots } = dashboard.traffic;
    const step = run.lastStep;
    await until('the run goes on', () => run.lastStep > step + 200);
    assert.equal(dashboard.traffic.frames, frames);
    await vscode.commands.executeCommand('gradwatch.openDashboard');
    await until('a snapshot', () => dashboard.traffic.snapshots > snapshots);
    await until('frames again', () => dashboard.traffic.frames > frames);
  });

  it('comes back after a window reload', async () => {
    const { dashboard } = await gradwatch();
    await open(fileUri('penguins/gradwatch.json'));
    const { snapshots } = dashboard.traffic;
    const panel = vscode.window.createWebviewPanel('gradwatch.dashboard', 'restored', vscode.ViewColumn.Two);
    await dashboard.deserializeWebviewPanel(panel);
    await until('a snapshot', () => dashboard.traffic.snapshots > snapshots);
    assert.match(panel.webview.html, /default-src 'none'/);
  });
});
