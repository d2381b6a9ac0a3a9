import * as vscode from 'vscode';
import { AppError } from '../config/app-error.js';
import { installNative, type InstalledEngine } from './native-install.js';
import type { Services } from './services.js';
import { settings } from './settings.js';

const DOWNLOAD = vscode.l10n.t('Download and Install');
const USE_PYTHON = vscode.l10n.t('Use My Python...');
const TITLE = vscode.l10n.t('Install Native TensorFlow');

/** Installs native TensorFlow into the extension's storage, once the user has seen what will be downloaded, and sets the path to it. */
export async function installTensorflowCommand(services: Services): Promise<InstalledEngine | undefined> {
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('Native TensorFlow is native code: it is installed only where the workspace is trusted.'),
    );
    return undefined;
  }
  const choice = await vscode.window.showInformationMessage(
    vscode.l10n.t('Install native TensorFlow for Gradwatch?'),
    { modal: true, detail: detail(services.native.folder) },
    DOWNLOAD,
    USE_PYTHON,
  );
  if (choice === DOWNLOAD) return install(services, undefined);
  return choice === USE_PYTHON ? installWithPython(services) : undefined;
}

function detail(folder: string): string {
  return [
    vscode.l10n.t(
      'Gradwatch trains without it. It helps with large matrix products; small and recurrent nets are faster on the built-in engine.',
    ),
    vscode.l10n.t(
      "Downloads: @tensorflow/tfjs-node 4.22.0 and node-api-headers from your npm registry, and TensorFlow's C library (some 100 MB) from storage.googleapis.com, or from the mirror in TFJS_NODE_CDN_STORAGE.",
    ),
    vscode.l10n.t(
      'Where the library cannot be downloaded, or with "Use My Python", the TensorFlow of your Python is used; that needs a C++ compiler and downloads only the npm packages.',
    ),
    vscode.l10n.t('It goes to {0}, and gradwatch.tensorflowPath is set to it.', folder),
  ].join('\n\n');
}

async function installWithPython(services: Services): Promise<InstalledEngine | undefined> {
  const python = await vscode.window.showInputBox({
    title: TITLE,
    prompt: vscode.l10n.t('A Python that has tensorflow or tensorflow-cpu installed: a name on the PATH, or an absolute path.'),
    value: 'python3',
    ignoreFocusOut: true,
  });
  return python === undefined || python.trim() === '' ? undefined : install(services, python.trim());
}

async function install(services: Services, python: string | undefined): Promise<InstalledEngine | undefined> {
  try {
    const installed = await runWithProgress(services, python);
    if (installed === undefined) return undefined;
    const { folder, stepMs, library } = installed;
    await vscode.workspace.getConfiguration('gradwatch').update('tensorflowPath', folder, vscode.ConfigurationTarget.Global);
    services.log.info(`Native TensorFlow (${library}) is in ${folder}; a step of a small model takes ${stepMs.toPrecision(3)} ms`);
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Native TensorFlow is installed and trains. With "engine": "auto" it is taken where it measures at least 1.3 times as fast as the built-in engine.',
      ),
    );
    return installed;
  } catch (error) {
    if (!AppError.is(error)) throw error;
    return retry(services, error);
  }
}

function runWithProgress({ native, log }: Services, python: string | undefined): Thenable<InstalledEngine | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title: TITLE, cancellable: true };
  return vscode.window.withProgress(options, (progress, token) => {
    const cancellation = new AbortController();
    token.onCancellationRequested(() => cancellation.abort());
    return installNative({
      script: native.script,
      into: native.folder,
      nodePath: settings.nodePath(),
      python,
      signal: cancellation.signal,
      progress: (text) => {
        log.info(text);
        progress.report({ message: text });
      },
    });
  });
}

/** Says what failed and what to do; the other way is one click away. */
async function retry(services: Services, error: AppError): Promise<InstalledEngine | undefined> {
  services.log.error(error);
  const showLog = vscode.l10n.t('Show Log');
  const choice = await vscode.window.showErrorMessage(`${error.message} ${error.action}`, USE_PYTHON, showLog);
  if (choice === showLog) services.log.show();
  return choice === USE_PYTHON ? installWithPython(services) : undefined;
}
