import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import * as vscode from 'vscode';
import { AppError } from '../config/app-error.js';
import { recordedReport, type Recorded, type ReportAssets, type ReportTools } from '../fixes/recorded-report.js';
import { ENGLISH_REPORT, type ReportLanguage } from '../telemetry/report-html.js';
import { wordsFile } from './dashboard-html.js';
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
  const { compared } = services.dashboard;
  // What stands beside the run on show belongs to what the user sees; a run named elsewhere goes alone.
  const other = run === null || compared === null ? null : await logOf(services, compared);
  const place = to instanceof vscode.Uri ? to : await askPlace(log);
  if (place === undefined) return undefined;
  const options = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Writing the report') };
  await vscode.window.withProgress(options, async (progress) => {
    const recorded = await readRecorded(log, shareTeller(progress, other === null ? 90 : 45));
    const beside = other === null ? null : await readRecorded(other, shareTeller(progress, 45));
    const { html } = await recordedReport(recorded, beside, await readAssets(services), toolsOf(services), await readLanguage(services));
    await writeFile(place.fsPath, html);
  });
  void offerToOpen(place);
  return place;
}

async function readRecorded(log: string, tell: (share: number) => void): Promise<Recorded> {
  const run = await readRunLog(log, FRAME_BYTES, tell);
  return { run, config: await configBeside(log, run.start) };
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

/** The reader's language, where the page has it. */
async function readLanguage({ extensionUri }: Services): Promise<ReportLanguage> {
  const file = wordsFile(vscode.env.language);
  if (file === undefined) return ENGLISH_REPORT;
  return {
    tag: vscode.env.language,
    words: await readFile(vscode.Uri.joinPath(extensionUri, 'dist', file).fsPath, 'utf8'),
    configTitle: (config) => vscode.l10n.t('{0} as it was trained', config),
    docsTitle: vscode.l10n.t('About these findings'),
    footer: (run, frames, all) =>
      frames >= all
        ? vscode.l10n.t('Gradwatch report of run {0}: {1} frames. This file holds everything it shows and connects to nothing.', run, all)
        : vscode.l10n.t(
            'Gradwatch report of run {0}: {1} of {2} frames, smallest and largest values kept. This file holds everything it shows and connects to nothing.',
            run,
            frames,
            all,
          ),
  };
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
