import path from 'node:path';
import * as vscode from 'vscode';
import { AppError } from '../config/app-error.js';
import { isConfigName } from '../config/config-name.js';
import { decodeConfigBytes } from '../config/decode-config.js';

/** Glob of the names a config can have. */
const CONFIG_GLOB = '**/{gradwatch.json,gradwatch.jsonc,*.gradwatch.json,*.gradwatch.jsonc}';
const EXCLUDED = '**/{node_modules,.git,.vscode-test,dist}/**';
/** More configs than anybody picks from. */
const MAX_CONFIGS = 200;

export const CONFIG_SELECTOR: vscode.DocumentSelector = [{ pattern: CONFIG_GLOB }];

export function isConfigUri(uri: vscode.Uri): boolean {
  return isConfigName(path.posix.basename(uri.path));
}

/** All configs of the workspace, by path. */
export async function findConfigs(): Promise<vscode.Uri[]> {
  const found = await vscode.workspace.findFiles(CONFIG_GLOB, EXCLUDED, MAX_CONFIGS);
  return found.sort((a, b) => a.path.localeCompare(b.path));
}

/** The open document of a config, saved or not. */
export function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString() && !document.isClosed);
}

/**
 * What the editor shows of a config; the file where no editor has it open.
 * @throws AppError 'config-not-found' or 'config-syntax'.
 */
export async function readConfigText(uri: vscode.Uri): Promise<string> {
  const document = openDocument(uri);
  if (document !== undefined) return document.getText();
  const name = vscode.workspace.asRelativePath(uri);
  let bytes: Uint8Array;
  try {
    bytes = await vscode.workspace.fs.readFile(uri);
  } catch (cause) {
    throw new AppError(
      'config-not-found',
      vscode.l10n.t('There is no config {0}.', name),
      vscode.l10n.t('Check the path, or make one with "New Training Configuration".'),
      { file: name },
      { cause },
    );
  }
  return decodeConfigBytes(bytes, name);
}

/** The config a command without an argument means: the one in sight, the only one, or the one picked; undefined where none is. */
export async function chooseConfig(title: string): Promise<vscode.Uri | undefined> {
  const inSight = configInSight();
  if (inSight !== undefined) return inSight;
  const configs = await findConfigs();
  if (configs.length === 0) {
    await offerNewConfig();
    return undefined;
  }
  if (configs.length === 1) return configs[0];
  const items = configs.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), iconPath: new vscode.ThemeIcon('json'), uri }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('Which configuration?') }))?.uri;
}

/** The config of the active editor; where the dashboard is active, that of the one editor beside it. */
function configInSight(): vscode.Uri | undefined {
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active !== undefined && isConfigUri(active)) return active;
  const visible = vscode.window.visibleTextEditors.map((editor) => editor.document.uri).filter(isConfigUri);
  return visible.length === 1 ? visible[0] : undefined;
}

async function offerNewConfig(): Promise<void> {
  const create = vscode.l10n.t('New Training Configuration');
  const choice = await vscode.window.showInformationMessage(vscode.l10n.t('There is no training configuration in this workspace.'), create);
  if (choice === create) await vscode.commands.executeCommand('gradwatch.newConfig');
}
