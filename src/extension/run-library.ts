import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { AppError } from '../config/app-error.js';
import { EVENTS_FILE } from '../telemetry/log-reader.js';
import type { RunSummary } from '../telemetry/page-protocol.js';
import { shareTeller } from './progress-share.js';
import { configBeside, glanceAt, readRunLog } from './run-log-file.js';
import { RunMirror } from './run-mirror.js';

/** Where runs lie, below the folder of their config. */
const RUNS_GLOB = `**/.gradwatch/runs/*/${EVENTS_FILE}`;
const EXCLUDED = '**/{node_modules,.git,.vscode-test}/**';
/** More runs than anybody scrolls through; the newest are kept. */
const MAX_RUNS = 200;
/** Memory for the frames of an opened run. */
const FRAME_BYTES = 32 * 2 ** 20;
/** Opened runs kept: the one on show and the one beside it. */
const KEPT_OPEN = 2;
const LABEL_FILE = 'label.txt';

/** A run on disk. */
export interface StoredRun {
  /** Name of its directory, which is also the name of the run. */
  key: string;
  log: string;
  summary: RunSummary;
}

/** The recorded runs of the workspace. Reads both ends of each log, again only where it has changed. */
export class RunLibrary implements vscode.Disposable {
  private readonly known = new Map<string, { stamp: string; run: StoredRun }>();
  private readonly opened = new Map<string, RunMirror>();
  private runs: readonly StoredRun[] = [];
  /** Somebody has asked for the list: from then on it follows the disk. */
  private asked = false;
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly watcher = vscode.workspace.createFileSystemWatcher(RUNS_GLOB, false, true, false);
  readonly onDidChange = this.changed.event;

  constructor() {
    this.watcher.onDidCreate(() => this.follow());
    this.watcher.onDidDelete(() => this.follow());
  }

  /** The runs as of the last look, newest first. */
  get list(): readonly StoredRun[] {
    return this.runs;
  }

  /** Looks at the disk again. */
  async refresh(): Promise<readonly StoredRun[]> {
    this.asked = true;
    const found = await vscode.workspace.findFiles(RUNS_GLOB, EXCLUDED);
    const logs = found.filter((uri) => uri.scheme === 'file').map((uri) => uri.fsPath);
    logs.sort((a, b) => keyOf(b).localeCompare(keyOf(a)));
    const runs = await Promise.all(logs.slice(0, MAX_RUNS).map((log) => this.look(log)));
    this.runs = runs.filter((run) => run !== null);
    this.changed.fire();
    return this.runs;
  }

  find(key: string): StoredRun | undefined {
    return this.runs.find((run) => run.key === key);
  }

  /**
   * Reads a run; one that was read before and whose log is unchanged is the same again.
   * @throws AppError `run-not-found` or `run-invalid`.
   */
  async open(log: string): Promise<RunMirror> {
    const stamp = `${log} ${await stampOf(log)}`;
    const known = this.opened.get(stamp);
    if (known !== undefined) return known;
    const options = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Opening run {0}', keyOf(log)) };
    const run = await vscode.window.withProgress(options, (progress) => readRunLog(log, FRAME_BYTES, shareTeller(progress, 100)));
    const config = await configBeside(log, run.start);
    const mirror = RunMirror.recorded(run, { file: await configFileOf(log, run.start.configFile, config?.name), text: config?.text ?? '' }, keyOf(log), FRAME_BYTES); // prettier-ignore
    mirror.logFile = log;
    const [oldest] = this.opened.keys();
    if (oldest !== undefined && this.opened.size >= KEPT_OPEN) this.opened.delete(oldest);
    this.opened.set(stamp, mirror);
    return mirror;
  }

  /** Gives a run a name; an empty one takes it away. */
  async rename(run: StoredRun, label: string): Promise<void> {
    const file = path.join(path.dirname(run.log), LABEL_FILE);
    if (label.trim() === '') await vscode.workspace.fs.delete(vscode.Uri.file(file)).then(undefined, () => undefined);
    else await writeFile(file, `${label.trim()}\n`);
    this.known.delete(run.log);
    await this.refresh();
  }

  /** Moves the directory of a run to the trash. */
  async remove(run: StoredRun): Promise<void> {
    const directory = vscode.Uri.file(path.dirname(run.log));
    try {
      await vscode.workspace.fs.delete(directory, { recursive: true, useTrash: true });
    } catch {
      // Not every machine has a trash; the user has confirmed the deletion.
      await vscode.workspace.fs.delete(directory, { recursive: true, useTrash: false });
    }
    await this.refresh();
  }

  dispose(): void {
    this.watcher.dispose();
    this.changed.dispose();
  }

  private follow(): void {
    if (this.asked) void this.refresh();
  }

  private async look(log: string): Promise<StoredRun | null> {
    try {
      const stamp = await stampOf(log);
      const known = this.known.get(log);
      if (known?.stamp === stamp) return known.run;
      const run = { key: keyOf(log), log, summary: await summaryOf(log) };
      this.known.set(log, { stamp, run });
      return run;
    } catch {
      // It went away while we looked.
      return null;
    }
  }
}

/** Name of the directory of a log. */
function keyOf(log: string): string {
  return path.basename(path.dirname(log));
}

async function stampOf(log: string): Promise<string> {
  try {
    const { mtimeMs, size } = await stat(log);
    return `${mtimeMs} ${size}`;
  } catch (cause) {
    throw new AppError(
      'run-not-found',
      vscode.l10n.t('The run log is gone.'),
      vscode.l10n.t('It was moved or deleted.'),
      { file: log },
      { cause },
    );
  }
}

async function summaryOf(log: string): Promise<RunSummary> {
  const glance = await glanceAt(log).catch(() => null);
  const label = await readFile(path.join(path.dirname(log), LABEL_FILE), 'utf8').then((text) => text.trim(), () => undefined); // prettier-ignore
  const home = vscode.workspace.asRelativePath(path.resolve(path.dirname(log), '../../..'));
  const common = { run: keyOf(log), label, recorded: true };
  if (glance === null) {
    const time = new Date((await stat(log)).mtimeMs).toISOString();
    return {
      ...common,
      time,
      config: home,
      status: 'failed',
      steps: 0,
      loss: NaN,
      baselineLoss: NaN,
      problem: vscode.l10n.t('The log is damaged'),
    };
  }
  const { summary, losses } = glance;
  const { start, state: status, steps, loss, ended } = summary;
  const name = start.configFile?.split(/[\\/]/).at(-1) ?? '';
  return {
    ...common,
    time: start.time ?? '',
    config: vscode.workspace.asRelativePath(path.resolve(path.dirname(log), '../../..', name)),
    status,
    steps,
    loss,
    baselineLoss: start.baseline.loss,
    losses: ended || losses.length > 1 ? losses : undefined,
  };
}

/** The config a run was made from, where it is now: the one above the run directory, else where it was then. */
async function configFileOf(log: string, then: string | undefined, name: string | undefined): Promise<string> {
  const above = path.resolve(path.dirname(log), '../../..', name ?? then?.split(/[\\/]/).at(-1) ?? 'gradwatch.json');
  for (const file of [above, then ?? '']) {
    if (!path.isAbsolute(file)) continue;
    const there = await stat(file).then(() => true, () => false); // prettier-ignore
    if (there) return file;
  }
  return above;
}
