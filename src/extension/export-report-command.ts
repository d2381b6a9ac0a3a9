import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import * as vscode from 'vscode';
import { AppError } from '../config/app-error.js';
import { recordedReport, type ReportAssets, type ReportTools } from '../fixes/recorded-report.js';
import { shareTeller } from './progress-share.js';
import { runOf } from './run-commands.js';
import { storedOf } from './run-history.js';
import { configBeside, readRunLog } from './run-log-file.js';
import type { RunMirror } from './run-mirror.js';
import type { Services } from './services.js';

/** Memory for the frames of the run while the report is made. */
const FRAME_BYTES = 64 * 2 ** 20;

/**
 * Writes the report of the run on show, or of the one named. `to` is for callers that have asked for a place already.
 * @returns the file, or undefined where the user changed their mind.
 */
export async function exportReportCommand(services: Services, target?: unknown, to?: unknown): Promise<vscode.Uri | undefined> {
  const run = target === undefined ? services.dashboard.shown : null;
  const chosen = run ?? (await runOf(services, target, vscode.l10n.t('Export Report')));
  if (chosen === undefined) return undefined;
  const log = await logOf(services, chosen);
  const place = to instanceof vscode.Uri ? to : await askPlace(log);
  if (place === undefined) return undefined;
  const options = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Writing the report') };
  await vscode.window.withProgress(options, async (progress) => {
    const recorded = await readRunLog(log, FRAME_BYTES, shareTeller(progress, 90));
    const { html } = await recordedReport(recorded, await configBeside(log, recorded.start), await readAssets(services), toolsOf(services));
    await writeFile(place.fsPath, html);
  });
  void offerToOpen(place);
  return place;
}

async function logOf({ library }: Services, run: RunMirror): Promise<string> {
  if (run.logFile !== undefined) return run.logFile;
  await library.refresh();
  const log = storedOf(run, library)?.log;
  if (log !== undefined) return log;
  throw new AppError(
    'run-not-found',
    vscode.l10n.t('This run has no log on disk.'),
    vscode.l10n.t('Train again in a folder that can be written.'),
  );
}

async function askPlace(log: string): Promise<vscode.Uri | undefined> {
  const folder = path.dirname(log);
  const defaultUri = vscode.Uri.file(path.join(folder, 'report.html'));
  const place = await vscode.window.showSaveDialog({
    defaultUri,
    filters: { [vscode.l10n.t('HTML report')]: ['html'] },
    title: vscode.l10n.t('Export Report'),
  });
  return place?.scheme === 'file' ? place : undefined;
}

async function offerToOpen(place: vscode.Uri): Promise<void> {
  const open = vscode.l10n.t('Open in Browser');
  const name = path.basename(place.fsPath);
  if ((await vscode.window.showInformationMessage(vscode.l10n.t('The report is in {0}.', name), open)) === open)
    await vscode.env.openExternal(place);
}

async function readAssets({ extensionUri }: Services): Promise<ReportAssets> {
  const read = (name: string, encoding: BufferEncoding) => readFile(vscode.Uri.joinPath(extensionUri, 'dist', name).fsPath, encoding);
  const [script, style, reportStyle, font] = await Promise.all([
    read('dashboard.js', 'utf8'),
    read('dashboard.css', 'utf8'),
    read('report.css', 'utf8'),
    read('codicon.ttf', 'base64'),
  ]);
  return { script, style, reportStyle, font };
}

const deflate = promisify<Uint8Array, Buffer>(deflateRaw);

function toolsOf({ extensionUri }: Services): ReportTools {
  const page = (id: string) => vscode.Uri.joinPath(extensionUri, 'docs', 'findings', `${path.basename(id)}.md`).fsPath;
  return {
    pack: async (bytes) => (await deflate(bytes)).toString('base64'),
    sha256: (text) => createHash('sha256').update(text).digest('base64'),
    docs: (id) => readFile(page(id), 'utf8').catch(() => null),
  };
}
