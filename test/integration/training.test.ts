import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  cleanUp,
  ENDLESS,
  fileUri,
  gradwatch,
  openExample,
  openConfig,
  problem,
  problemsOf,
  replaceInDocument,
  train,
  until,
} from './in-editor.js';

/** Stop takes effect within this time; the run log and the process may take a little longer. */
const STOP_MS = 300;
/** The host may spend so long on a batch of frames, p95. */
const HANDLING_MS = 1;

/** Findings that come together are told together within this time. */
const GATHERED_MS = 600;

async function withoutDashboard(action: () => Promise<void>): Promise<void> {
  const settings = vscode.workspace.getConfiguration('gradwatch');
  await settings.update('openDashboardOnTrain', false, vscode.ConfigurationTarget.Global);
  try {
    await action();
  } finally {
    await settings.update('openDashboardOnTrain', undefined, vscode.ConfigurationTarget.Global);
  }
}

describe('training', function () {
  this.timeout(60_000);
  afterEach(cleanUp);

  it('trains a healthy config to its end and finds nothing severe', async () => {
    const { runs } = await gradwatch();
    const run = await train(fileUri('penguins/gradwatch.json'), { steps: 60 });
    await runs.whenEnded(run);
    assert.equal(run.error, null);
    assert.equal(run.state, 'completed');
    assert.equal(run.end?.steps, 60);
    assert.deepEqual(
      run.findings.filter(({ severity }) => severity === 'error'),
      [],
    );
    assert.ok((run.frames()?.count ?? 0) > 0);
  });

  it('pauses the exploding example before harm, and places its findings on their keys', async () => {
    const document = await openExample('auto-mpg');
    const run = await train(document.uri);
    await until('paused', () => run.state === 'paused');
    assert.ok(Number.isFinite(run.latest?.loss));
    const rate = await problem(document.uri, 'learning-rate-high');
    assert.match(document.getText(rate.range), /^"learningRate": 0.01$/);
    const risk = await problem(document.uri, 'explosion-risk');
    assert.equal(risk.severity, vscode.DiagnosticSeverity.Error);
    assert.ok((risk.relatedInformation?.length ?? 0) > 0);
  });

  it('tells of findings once where the dashboard is not in sight, and nothing of a stop the user asked for', async () => {
    const { runs, notifier } = await gradwatch();
    const before = notifier.shown.length;
    await withoutDashboard(async () => {
      const run = await train((await openExample('auto-mpg')).uri);
      await until('a notification', () => notifier.shown.length > before);
      await until('paused', () => run.state === 'paused');
      await runs.stop();
      assert.equal(run.state, 'stopped');
    });
    assert.deepEqual(
      notifier.shown.slice(before).map(({ kind, severity }) => [kind, severity]),
      [['findings', 'warning']],
    );
  });

  it('leaves findings to the dashboard where it is in sight, so that no notification outlives them', async () => {
    const { dashboard, notifier } = await gradwatch();
    const before = notifier.shown.length;
    const document = await openExample('auto-mpg');
    const run = await train(document.uri);
    await until('paused', () => run.state === 'paused' && dashboard.isLive);
    await problem(document.uri, 'explosion-risk');
    await new Promise((resolve) => setTimeout(resolve, GATHERED_MS));
    assert.deepEqual(notifier.shown.slice(before), []);
  });

  it('keeps findings on their keys while lines are inserted, and drops them with the key', async () => {
    const document = await openExample('auto-mpg');
    const run = await train(document.uri);
    await until('paused', () => run.state === 'paused');
    const first = await problem(document.uri, 'learning-rate-high');
    await replaceInDocument(document, '"training": {', '"training": {\n    // one\n    // two');
    await until('moved', () => problemsOf(document.uri).some(({ range }) => range.start.line === first.range.start.line + 2));
    const moved = await problem(document.uri, 'learning-rate-high');
    assert.match(document.getText(moved.range), /^"learningRate": 0.01$/);
    await replaceInDocument(document, ', "learningRate": 0.01', '');
    await until(
      'dropped',
      () => !problemsOf(document.uri).some(({ code }) => String(typeof code === 'object' ? code.value : code) === 'learning-rate-high'),
    );
  });

  it('clears the findings of a run when the next one starts', async () => {
    const { runs } = await gradwatch();
    const document = await openExample('auto-mpg');
    const run = await train(document.uri);
    await problem(document.uri, 'explosion-risk');
    await replaceInDocument(document, '"target": "mpg",', '"target": "mpg", "scale": "standard",');
    const next = await train(document.uri, { steps: 5 });
    assert.equal(run.state, 'stopped');
    await runs.whenEnded(next);
    assert.equal(next.state, 'completed', next.error?.message);
    assert.deepEqual(
      problemsOf(document.uri).filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error),
      [],
    );
  });

  it('trains what the editor shows, saved or not', async () => {
    const { runs } = await gradwatch();
    const document = await openExample('penguins');
    await replaceInDocument(document, '"epochs": 30', '"epochs": 1');
    assert.equal(document.isDirty, true);
    const run = await train(document.uri);
    await runs.whenEnded(run);
    assert.equal(run.epochs.length, 1);
  });

  it('stops at once, pauses, steps and resumes', async () => {
    const { runs } = await gradwatch();
    const { uri } = await openConfig('endless.gradwatch.json', ENDLESS);
    const run = await train(uri);
    await until('frames', () => run.latest !== null && run.latest.step > 100);
    await vscode.commands.executeCommand('gradwatch.pause');
    await until('paused', () => run.state === 'paused');
    const at = run.lastStep;
    await vscode.commands.executeCommand('gradwatch.step');
    await until('one step', () => run.state === 'paused' && run.lastStep > at);
    await vscode.commands.executeCommand('gradwatch.resume');
    await until('running', () => run.state === 'running' && run.lastStep > at + 50);
    let stoppedAfter = Infinity;
    const begin = performance.now();
    const subscription = runs.onEvent(({ event }) => {
      if (event.event === 'state' && event.state === 'stopped') stoppedAfter = performance.now() - begin;
    });
    await runs.stop();
    subscription.dispose();
    console.log(`      stopped after ${stoppedAfter.toFixed(0)} ms, process gone after ${(performance.now() - begin).toFixed(0)} ms`);
    assert.ok(stoppedAfter < STOP_MS, `stopped after ${stoppedAfter} ms`);
    assert.equal(run.state, 'stopped');
    assert.equal(runs.running, null);
  });

  it('spends little time on frames in the extension host', async () => {
    const { runs, dashboard } = await gradwatch();
    const { uri } = await openConfig('endless.gradwatch.json', ENDLESS);
    await train(uri);
    const before = runs.handlingTimes().count;
    await until('many batches', () => dashboard.isLive && runs.handlingTimes().count > before + 60);
    await runs.stop();
    const { count, p50, p95, max } = runs.handlingTimes();
    console.log(`      ${count} batches, p50 ${p50.toFixed(3)} ms, p95 ${p95.toFixed(3)} ms, max ${max.toFixed(3)} ms`);
    assert.ok(count > 10);
    assert.ok(p95 < HANDLING_MS, `p95 ${p95} ms`);
  });

  it('goes on with its text when the config is deleted, and offers its fixes no more', async () => {
    const { runs, fixes } = await gradwatch();
    const uri = fileUri('auto-mpg/doomed.gradwatch.json');
    await vscode.workspace.fs.copy(fileUri('auto-mpg/gradwatch.json'), uri, { overwrite: true });
    const run = await train(uri);
    await until(`paused, not ${run.state} ${run.error?.message}`, () => run.state === 'paused' || run.ended);
    assert.equal(run.state, 'paused', run.error?.message);
    await vscode.workspace.fs.delete(uri);
    runs.resume();
    await until('a second pause or the end', () => run.lastStep > 0 || run.ended);
    assert.equal(run.error, null);
    const plans = fixes.plansForRun(run, await fixes.presentText(run));
    assert.ok(plans.length > 0);
    assert.ok(plans.every((plan) => plan.disabledReason !== undefined));
  });

  it('refuses a broken config before any process is started', async () => {
    const { runs } = await gradwatch();
    const known = runs.runs.length === 0 ? null : runs.current;
    const { uri } = await openConfig('broken.gradwatch.json', ENDLESS.replace('"loss"', '"lose"'));
    const run = await vscode.commands.executeCommand('gradwatch.train', uri);
    assert.equal(run, undefined);
    assert.equal(runs.current, known);
  });

  it('tells of data that is not there, with a code', async () => {
    const { runs } = await gradwatch();
    const { uri } = await openConfig(
      'lost.gradwatch.json',
      ENDLESS.replace(/"generator": \{[^}]*\}/, '"file": "no-such.csv", "target": "y"'),
    );
    const run = await train(uri);
    await runs.whenEnded(run);
    assert.equal(run.state, 'failed');
    assert.equal(run.error?.code, 'data-not-found');
    const marked = await problem(uri, 'data-not-found');
    assert.ok(marked.range.start.line > 0);
  });
});
