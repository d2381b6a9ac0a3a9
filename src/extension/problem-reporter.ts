import * as vscode from 'vscode';
import { FINDING_IDS } from '../config/finding-ids.js';
import type { FindingEvent } from '../telemetry/events.js';
import { checkConfig } from './config-check.js';
import { isConfigUri, openDocument } from './config-files.js';
import { codeOfDiagnostic, failureDiagnostic, findingDiagnostic, problemDiagnostic, type DocsTarget } from './diagnostics.js';
import { followFindings } from './fix-plan.js';
import type { RunMirror } from './run-mirror.js';
import type { RunService } from './run-service.js';

/** Wait after a keystroke before the config is checked. */
const TYPING_PAUSE_MS = 200;

/** Keeps the Problems panel: what a config's text says as you type, and what its newest run found. */
export class ProblemReporter implements vscode.Disposable {
  private readonly written = vscode.languages.createDiagnosticCollection('gradwatch');
  private readonly found = vscode.languages.createDiagnosticCollection('gradwatch run');
  private readonly timers = new Map<string, NodeJS.Timeout>();
  /** The newest run of each config, by the config's URI. */
  private readonly runOf = new Map<string, RunMirror>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly subscriptions: vscode.Disposable[];
  /** The problems of a config were brought up to date with its text. */
  readonly onDidReport = this.changed.event;

  constructor(
    runs: RunService,
    private readonly docs: DocsTarget,
  ) {
    this.subscriptions = [
      this.written,
      this.found,
      this.changed,
      vscode.workspace.onDidOpenTextDocument((document) => this.check(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.checkSoon(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.written.delete(uri)),
      vscode.workspace.onDidDeleteFiles(({ files }) => files.forEach((uri) => this.forget(uri))),
      vscode.Disposable.from(
        runs.onStart((run) => this.begin(run)),
        runs.onFailure(({ run }) => this.placeSoon(run)),
        runs.onEvent(({ run, event }) => (event.event === 'finding' || event.event === 'start') && this.placeSoon(run)),
      ),
    ];
    vscode.workspace.textDocuments.forEach((document) => this.check(document));
  }

  /** The newest run that judged this config, and the text it judged. */
  runFor(uri: vscode.Uri): RunMirror | undefined {
    return this.runOf.get(uri.toString());
  }

  /** A warning or an error of ours, no mistake of the text, stands on this config now. */
  hasTrouble(uri: vscode.Uri): boolean {
    const all = [...(this.written.get(uri) ?? []), ...(this.found.get(uri) ?? [])];
    return all.some((diagnostic) => isFindingId(codeOfDiagnostic(diagnostic)) && diagnostic.severity <= vscode.DiagnosticSeverity.Warning);
  }

  /** Checks a document now. */
  check(document: vscode.TextDocument): void {
    if (!isConfigUri(document.uri) || document.isClosed) return;
    this.clearTimer(document.uri);
    const text = document.getText();
    const check = checkConfig(text, vscode.workspace.asRelativePath(document.uri));
    const place = { uri: document.uri, text, start: null, docs: this.docs };
    this.written.set(
      document.uri,
      check.valid
        ? present(check.findings.map((finding) => findingDiagnostic(finding, place)))
        : check.problems.map((problem) => problemDiagnostic(problem, text, this.docs)),
    );
    this.placeRunFindings(document.uri, text);
    this.changed.fire(document.uri);
  }

  dispose(): void {
    this.timers.forEach(clearTimeout);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private begin(run: RunMirror): void {
    const uri = vscode.Uri.file(run.configFile);
    this.runOf.set(uri.toString(), run);
    this.found.delete(uri);
    this.changed.fire(uri);
  }

  private checkSoon(document: vscode.TextDocument): void {
    if (isConfigUri(document.uri)) this.later(document.uri, () => this.check(document));
  }

  /** Findings come in groups: place them together. */
  private placeSoon(run: RunMirror): void {
    const uri = vscode.Uri.file(run.configFile);
    queueMicrotask(() => {
      if (this.runOf.get(uri.toString()) !== run) return;
      this.placeRunFindings(uri, openDocument(uri)?.getText() ?? run.configText);
      this.changed.fire(uri);
    });
  }

  private placeRunFindings(uri: vscode.Uri, text: string): void {
    const run = this.runFor(uri);
    if (run === undefined) return;
    const place = { uri, text, start: run.start, docs: this.docs };
    const written = this.writtenFindings(uri, text);
    const findings = followFindings(run.findings, run.configText, text).filter(
      (finding) => !written.some((other) => isSame(other, finding)),
    );
    // A failure belongs to the text that failed; an edited one may be right.
    const failure = run.error !== null && text === run.configText ? failureDiagnostic(run.error, text, this.docs) : null;
    this.found.set(uri, present([...findings.map((finding) => findingDiagnostic(finding, place)), failure]));
  }

  /** What the text says by itself already, where that is told. */
  private writtenFindings(uri: vscode.Uri, text: string): readonly FindingEvent[] {
    if (!this.written.has(uri)) return [];
    const check = checkConfig(text, vscode.workspace.asRelativePath(uri));
    return check.valid ? check.findings : [];
  }

  private forget(uri: vscode.Uri): void {
    this.clearTimer(uri);
    this.written.delete(uri);
    this.found.delete(uri);
    this.runOf.delete(uri.toString());
  }

  private later(uri: vscode.Uri, action: () => void): void {
    this.clearTimer(uri);
    this.timers.set(uri.toString(), setTimeout(action, TYPING_PAUSE_MS));
  }

  private clearTimer(uri: vscode.Uri): void {
    clearTimeout(this.timers.get(uri.toString()));
    this.timers.delete(uri.toString());
  }
}

/** The same finding at the same key. */
function isSame(a: FindingEvent, b: FindingEvent): boolean {
  return a.id === b.id && a.at.join('/') === b.at.join('/');
}

function present<T>(items: (T | null)[]): T[] {
  return items.filter((item) => item !== null);
}

function isFindingId(code: string | undefined): boolean {
  return FINDING_IDS.some((id) => id === code);
}
