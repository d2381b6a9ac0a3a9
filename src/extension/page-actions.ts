import path from 'node:path';
import * as vscode from 'vscode';
import type { PageCommand } from '../telemetry/page-protocol.js';
import { applyLive } from './apply-live.js';
import { isConfigUri } from './config-files.js';
import { followFindings } from './fix-plan.js';
import { openDocument } from './config-files.js';
import { revealPath } from './reveal.js';
import { saveFile } from './save-file.js';
import type { RunMirror } from './run-mirror.js';
import type { Services } from './services.js';

/** Does what the user asked for on the dashboard. */
export async function runPageCommand(services: Services, command: PageCommand): Promise<void> {
  const { dashboard, runs } = services;
  const run = dashboard.shown;
  switch (command.type) {
    case 'train':
    case 'check':
      await vscode.commands.executeCommand(`gradwatch.${command.type}`, targetOf(command.uri, run));
      break;
    case 'pause':
    case 'resume':
    case 'step':
    case 'rollback':
      runs[command.type]();
      break;
    case 'stop':
      await runs.stop();
      break;
    case 'reveal':
      if (run !== null) await reveal(run, command.path);
      break;
    case 'applyFix':
      if (run !== null && (await services.fixes.applyForRun(run, command.fix)) && command.retrain)
        await vscode.commands.executeCommand('gradwatch.train', vscode.Uri.file(run.configFile));
      break;
    case 'applyLive':
      if (run !== null) applyLive(services, run, command.fix, command.from);
      break;
    case 'openRun':
    case 'renameRun':
    case 'deleteRun':
      await vscode.commands.executeCommand(`gradwatch.${command.type}`, command.run);
      break;
    case 'compareRun':
      if (command.run === null) dashboard.compare(null);
      else await vscode.commands.executeCommand('gradwatch.compareRuns', command.run);
      break;
    case 'findFix':
      await vscode.commands.executeCommand('gradwatch.findFix', targetOf(undefined, run));
      break;
    case 'previewFix':
      if (run !== null) await previewForRun(services, run, command.fix);
      break;
    case 'cancelFindFix':
    case 'exportReport':
    case 'showLog':
    case 'newConfig':
      await vscode.commands.executeCommand(`gradwatch.${command.type}`);
      break;
    case 'saveFile':
      await saveFile(command, run === null ? undefined : vscode.Uri.file(path.dirname(run.configFile)));
      break;
    case 'ready':
      break;
  }
}

/** The config the page named, where it is one of the workspace; else that of the run it shows. */
function targetOf(uri: string | undefined, run: RunMirror | null): vscode.Uri | undefined {
  const named = uri === undefined ? undefined : vscode.Uri.parse(uri);
  if (named !== undefined && isConfigUri(named) && vscode.workspace.getWorkspaceFolder(named) !== undefined) return named;
  return run === null ? undefined : vscode.Uri.file(run.configFile);
}

/** Shows what a fix of the run on show would change; the newest run of that config may be another. */
async function previewForRun({ fixes, preview }: Services, run: RunMirror, id: string): Promise<void> {
  const plan = await fixes.planForRun(run, id);
  if (plan !== undefined) await preview.show(vscode.Uri.file(run.configFile), plan);
}

/** Shows the key the run meant, where it stands now. */
async function reveal(run: RunMirror, path: (string | number)[]): Promise<void> {
  const uri = vscode.Uri.file(run.configFile);
  const text = openDocument(uri)?.getText() ?? run.configText;
  const finding = run.findings.find((candidate) => candidate.at.join('\n') === path.join('\n'));
  const [followed] = finding === undefined ? [] : followFindings([finding], run.configText, text);
  await revealPath(uri, followed?.at ?? path);
}
