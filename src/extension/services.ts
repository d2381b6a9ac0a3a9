import type * as vscode from 'vscode';
import type { DashboardPanel } from './dashboard-panel.js';
import type { FixPreview } from './fix-preview.js';
import type { FixSearchService } from './fix-search.js';
import type { FixService } from './fix-service.js';
import type { Notifier } from './notifier.js';
import type { ProblemReporter } from './problem-reporter.js';
import type { RunLibrary } from './run-library.js';
import type { RunService } from './run-service.js';

/** What the commands work with. */
export interface Services {
  log: vscode.LogOutputChannel;
  runs: RunService;
  problems: ProblemReporter;
  fixes: FixService;
  searches: FixSearchService;
  preview: FixPreview;
  dashboard: DashboardPanel;
  library: RunLibrary;
  notifier: Notifier;
  /** The extension's own folder. */
  extensionUri: vscode.Uri;
  /** The program that installs native TensorFlow, and the folder it goes to. */
  native: { script: string; folder: string };
}
