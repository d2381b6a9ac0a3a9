import path from 'node:path';
import * as vscode from 'vscode';
import { configTemplate, headerColumns, type DataColumns } from './config-template.js';

const TABLES = '**/*.{csv,tsv}';
const MAX_TABLES = 50;

/** Makes a config beside the data the user picks, and opens it. A file that is there already is never replaced. */
export async function newConfigCommand(): Promise<vscode.Uri | undefined> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined) {
    await vscode.window.showInformationMessage(vscode.l10n.t('Open a folder first: a configuration stands beside its data.'));
    return undefined;
  }
  const table = await pickTable();
  if (table === undefined) return undefined;
  const directory = table === null ? folder.uri : vscode.Uri.joinPath(table, '..');
  const uri = await freeName(directory);
  const edit = new vscode.WorkspaceEdit();
  const text = configTemplate(table === null ? null : await readColumns(table));
  edit.createFile(uri, { overwrite: false, contents: new TextEncoder().encode(text) });
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(uri);
  return uri;
}

/** The table picked; null for generated data; undefined where nothing was picked. */
async function pickTable(): Promise<vscode.Uri | null | undefined> {
  const tables = await vscode.workspace.findFiles(TABLES, '**/{node_modules,.gradwatch}/**', MAX_TABLES);
  const generated = { label: vscode.l10n.t('Two circles'), description: vscode.l10n.t('generated data, nothing else needed'), uri: null };
  const items = [
    ...tables.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), description: vscode.l10n.t('table with a header row'), uri })),
    generated,
  ];
  return (
    await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('New Training Configuration'),
      placeHolder: vscode.l10n.t('Which data?'),
    })
  )?.uri;
}

async function readColumns(table: vscode.Uri): Promise<DataColumns> {
  const bytes = await vscode.workspace.fs.readFile(table);
  const [header = ''] = new TextDecoder().decode(bytes.subarray(0, 65_536)).split(/\r\n|\n|\r/);
  return { file: path.posix.basename(table.path), columns: headerColumns(header, table.path.endsWith('.tsv') ? '\t' : ',') };
}

async function freeName(directory: vscode.Uri): Promise<vscode.Uri> {
  const names = new Set((await vscode.workspace.fs.readDirectory(directory)).map(([name]) => name));
  const candidates = ['gradwatch.json', ...Array.from({ length: names.size + 1 }, (_, i) => `model-${i + 1}.gradwatch.json`)];
  return vscode.Uri.joinPath(directory, candidates.find((name) => !names.has(name)) ?? 'gradwatch.json');
}
