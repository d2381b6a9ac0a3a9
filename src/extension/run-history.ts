import * as vscode from 'vscode';
import type { RunSummary } from '../telemetry/page-protocol.js';
import { runSummary } from './page-snapshot.js';
import type { RunLibrary, StoredRun } from './run-library.js';
import type { RunMirror } from './run-mirror.js';
import type { RunService } from './run-service.js';

/** The runs of this window and those on disk as one list, newest first. A run that is both is told as this window knows it. */
export function runHistory(runs: RunService, library: RunLibrary): RunSummary[] {
  const live = runs.runs.filter((run) => !run.checkOnly);
  const own = live.map((run) => runSummary(run, vscode.workspace.asRelativePath(run.configFile), storedOf(run, library)?.summary));
  const ownIds = new Set(live.map((run) => run.runId));
  const stored = library.list.filter(({ key }) => !ownIds.has(key)).map(({ summary }) => summary);
  return [...own, ...stored].sort((a, b) => b.time.localeCompare(a.time));
}

/** What the disk has of a run; undefined where it is not there, or not yet. */
export function storedOf(run: RunMirror, library: RunLibrary): StoredRun | undefined {
  return library.find(run.runId ?? run.key) ?? library.find(run.key);
}

/**
 * The run with a key: one of this window, or one on disk, which is read then.
 * @throws AppError where its log cannot be read. Undefined where there is none.
 */
export async function runByKey(key: string, runs: RunService, library: RunLibrary): Promise<RunMirror | undefined> {
  const live = runs.runs.find((run) => run.key === key || run.runId === key);
  if (live !== undefined) return live;
  const stored = library.find(key) ?? (await library.refresh()).find((run) => run.key === key);
  return stored === undefined ? undefined : library.open(stored.log);
}
