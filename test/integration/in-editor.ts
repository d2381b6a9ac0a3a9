import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import type { GradwatchApi } from '../../src/extension/api.js';
import type { RunMirror } from '../../src/extension/run-mirror.js';
import type { RunOverrides } from '../../src/extension/train.js';

const EXTENSION = 'gradwatch.gradwatch';
const POLL_MS = 20;
const LONG_MS = 20_000;

export function extension(): vscode.Extension<GradwatchApi> {
  const found = vscode.extensions.getExtension<GradwatchApi>(EXTENSION);
  assert.ok(found, `${EXTENSION} is not installed`);
  return found;
}

/** The extension, activated. */
export function gradwatch(): Promise<GradwatchApi> {
  return Promise.resolve(extension().activate());
}

/** Waits until `probe` gives something other than false, null and undefined. */
export async function until<T>(what: string, probe: () => T | Promise<T>, limitMs = LONG_MS): Promise<NonNullable<T>> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await probe();
    if (value !== false && value !== null && value !== undefined) return value;
    if (Date.now() > end) throw new Error(`Waited ${limitMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** A file of the workspace, which is a copy of examples/. */
export function fileUri(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no workspace is open');
  return vscode.Uri.joinPath(folder.uri, name);
}

/** Writes a config into the workspace and opens it. */
export async function openConfig(name: string, text: string): Promise<vscode.TextDocument> {
  const uri = fileUri(name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  const document = await open(uri);
  // A document that was open before follows its file with a delay.
  await until(`${name} is loaded`, () => document.getText() === text);
  return document;
}

let copies = 0;

/** Opens a fresh copy of an example's config beside its data: editors save by themselves, and tests change what they open. */
export async function openExample(folder: string): Promise<vscode.TextDocument> {
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(fileUri(`${folder}/gradwatch.json`)));
  return openConfig(`${folder}/copy-${(copies += 1)}.gradwatch.json`, text);
}

/** Opens a file of the workspace in the first column, as it is on disk. */
export async function open(uri: vscode.Uri): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: false });
  if (document.isDirty) await vscode.commands.executeCommand('workbench.action.files.revert');
  return document;
}

export async function replaceInDocument(document: vscode.TextDocument, from: string, to: string): Promise<void> {
  const at = document.getText().indexOf(from);
  assert.ok(at >= 0, `${from} is not in ${path.basename(document.fileName)}`);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(document.positionAt(at), document.positionAt(at + from.length)), to);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

/** Our diagnostics of a file. */
export function problemsOf(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter((diagnostic) => diagnostic.source === 'gradwatch');
}

export function codeOf(diagnostic: vscode.Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === 'object' ? code.value : code);
}

/** Waits for a problem of ours with this code. */
export function problem(uri: vscode.Uri, code: string): Promise<vscode.Diagnostic> {
  return until(`${code} in ${path.basename(uri.path)}`, () => problemsOf(uri).find((diagnostic) => codeOf(diagnostic) === code));
}

export async function train(uri: vscode.Uri, overrides: RunOverrides = {}): Promise<RunMirror> {
  const run = await vscode.commands.executeCommand<RunMirror | undefined>('gradwatch.train', uri, overrides);
  assert.ok(run, 'no run was started');
  return run;
}

/** Ends what a test left running and closes its editors without saving. */
export async function cleanUp(): Promise<void> {
  const { runs } = await gradwatch();
  await runs.stop();
  await vscode.commands.executeCommand('workbench.action.files.revert');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/** A config that trains for hours on generated data, unless it is stopped. */
export const ENDLESS = `{
  "data": { "generator": { "name": "circles", "samples": 512, "noise": 0.1, "seed": 1 } },
  "model": { "layers": [{ "type": "dense", "units": 16, "activation": "tanh" }, { "type": "dense", "units": 1, "activation": "sigmoid" }] },
  "training": { "loss": "binaryCrossentropy", "optimizer": { "type": "adam", "learningRate": 0.001 }, "epochs": 1000000 }
}
`;
