import * as vscode from 'vscode';
import type { ChangeEvent, FindingEvent } from '../telemetry/events.js';
import { bestPlan } from './fix-plan.js';
import type { FixService } from './fix-service.js';
import { endNotice, failureNotice, findingsNotice, type Notice } from './notice.js';
import type { RunMirror } from './run-mirror.js';
import type { RunService } from './run-service.js';
import { settings } from './settings.js';

/** Findings that come within this time are one event. */
const GATHER_MS = 300;
/** Notices remembered for those who ask what was shown. */
const KEPT = 50;

interface NoticeAction {
  title: string;
  run(): unknown;
}

/** Shows at most one notification per event of a run. */
export class Notifier implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[];
  private readonly told = new WeakSet<RunMirror>();
  private gathered: FindingEvent[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** What was shown, newest last. */
  readonly shown: Notice[] = [];

  constructor(
    runs: RunService,
    private readonly fixes: FixService,
    private readonly dashboardVisible: () => boolean,
  ) {
    this.subscriptions = [
      runs.onEvent(({ run, event }) => event.event === 'finding' && !run.checkOnly && this.gather(run, event)),
      runs.onEvent(({ run, event }) => event.event === 'change' && this.tellChange(run, event)),
      runs.onRefused(({ message, action }) => void vscode.window.showWarningMessage(`${message} ${action}`)),
      runs.onFailure(({ run }) => this.show(failureNotice(run, nameOf(run)), [showLog])),
      runs.onEnd((run) => {
        const seen = { findingsTold: this.told.has(run), dashboardVisible: this.dashboardVisible() };
        this.show(endNotice(run, nameOf(run), seen), [showDashboard]);
      }),
    ];
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  /** The config is written only when the user says so. */
  private tellChange(run: RunMirror, { fix, title, step }: ChangeEvent): void {
    const message = vscode.l10n.t(
      '{0} goes on from step {1}, changed live: {2}. The config is as it was.',
      nameOf(run),
      step,
      title ?? vscode.l10n.t('as you asked'),
    );
    const write: NoticeAction[] =
      fix === undefined ? [] : [{ title: vscode.l10n.t('Write to Config'), run: () => this.fixes.applyForRun(run, fix) }];
    if (!this.dashboardVisible()) this.show({ kind: 'findings', severity: 'info', message }, [showDashboard, ...write]);
  }

  private gather(run: RunMirror, finding: FindingEvent): void {
    if (finding.severity === 'error' && settings.notifies('findings')) this.told.add(run);
    this.gathered.push(finding);
    this.timer ??= setTimeout(() => void this.tellFindings(run), GATHER_MS);
  }

  private async tellFindings(run: RunMirror): Promise<void> {
    this.timer = undefined;
    const notice = findingsNotice(this.gathered.splice(0), nameOf(run));
    // The dashboard in sight says it already, and a notification cannot be taken back once the finding is answered.
    if (notice === null || run.stopRequested || this.dashboardVisible()) return;
    const plans = this.fixes.plansForRun(run, await this.fixes.presentText(run));
    const best = bestPlan(plans);
    const apply: NoticeAction[] =
      best === undefined
        ? []
        : [{ title: vscode.l10n.t('Apply: {0}', best.fix.title), run: () => this.fixes.applyForRun(run, best.fix.id) }];
    const find = {
      title: vscode.l10n.t('Find a Working Fix'),
      run: () => vscode.commands.executeCommand('gradwatch.findFix', vscode.Uri.file(run.configFile)),
    };
    this.show(notice, [showDashboard, ...apply, find]);
  }

  private show(notice: Notice | null, actions: readonly NoticeAction[]): void {
    if (notice === null || !settings.notifies(notice.kind)) return;
    this.shown.push(notice);
    this.shown.splice(0, this.shown.length - KEPT);
    const titles = actions.map((action) => action.title);
    const message = {
      error: vscode.window.showErrorMessage,
      warning: vscode.window.showWarningMessage,
      info: vscode.window.showInformationMessage,
    };
    void message[notice.severity](notice.message, ...titles).then((title) => actions.find((action) => action.title === title)?.run());
  }
}

const showDashboard: NoticeAction = {
  title: vscode.l10n.t('Show Dashboard'),
  run: () => vscode.commands.executeCommand('gradwatch.openDashboard'),
};
const showLog: NoticeAction = { title: vscode.l10n.t('Show Log'), run: () => vscode.commands.executeCommand('gradwatch.showLog') };

function nameOf(run: RunMirror): string {
  return vscode.workspace.asRelativePath(run.configFile);
}
