import * as vscode from 'vscode';
import { concatBatches, withLatestEvidence } from '../telemetry/frame-batch.js';
import type { PageMetric } from '../telemetry/page-frames.js';
import { packMessage } from '../telemetry/page-numbers.js';
import type { HostMessage, PageCommand, RunSnapshot } from '../telemetry/page-protocol.js';
import { configChoices } from './config-choices.js';
import type { FixPlan } from './fix-plan.js';
import type { FixSearchService } from './fix-search.js';
import type { FixService } from './fix-service.js';
import { pageDocument } from './page-document.js';
import { readPageCommand } from './page-commands.js';
import { fixCards, pageFindings, restOfFrames, runSnapshot, searchState } from './page-snapshot.js';
import type { ProblemReporter } from './problem-reporter.js';
import { runByKey, runHistory } from './run-history.js';
import type { RunLibrary } from './run-library.js';
import type { RunMirror } from './run-mirror.js';
import type { RunService } from './run-service.js';

export const DASHBOARD_VIEW = 'gradwatch.dashboard';
/** Findings that come within this time travel together. */
const FINDINGS_DELAY_MS = 50;

const FIRST_METRIC: PageMetric = 'gradNorm'; // unless the page says otherwise; two runs are compared by it

/** What was sent to pages, for tests of the protocol. */
export interface PageTraffic {
  snapshots: number;
  frames: number;
  /** Messages the page sent that are no command. */
  refused: number;
}

/** The dashboard in an editor tab. The page draws; this side owns the data and sends it only while the page shows. */
export class DashboardPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private panel: vscode.WebviewPanel | null = null;
  /** The page is there, visible, and has its snapshot. */
  private live = false;
  private metric: PageMetric = FIRST_METRIC;
  private chosen: RunMirror | null = null;
  private beside: RunMirror | null = null;
  private timer: NodeJS.Timeout | undefined;
  private readonly commands = new vscode.EventEmitter<PageCommand>();
  private readonly subscriptions: vscode.Disposable[];
  readonly traffic: PageTraffic = { snapshots: 0, frames: 0, refused: 0 };
  /** What the user does on the page, `ready` excepted. */
  readonly onCommand = this.commands.event;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly runs: RunService,
    private readonly fixes: FixService,
    problems: ProblemReporter,
    private readonly searches: FixSearchService,
    private readonly library: RunLibrary,
  ) {
    this.subscriptions = [
      this.commands,
      runs.onStart((run) => this.show(run)),
      runs.onFrames(({ run, batch }) => {
        if (!this.isWatching(run)) return;
        this.traffic.frames += batch.count;
        // A copy: arrays that came over the process boundary share one buffer, which would be sent once per array.
        this.post({ type: 'frames', run: run.key, batch: withLatestEvidence(concatBatches([batch])) });
      }),
      runs.onEvent(({ run, event }) => {
        if (event.event === 'finding') this.sendFindingsSoon(run);
        else if (this.isWatching(run)) this.post({ type: 'event', run: run.key, event });
        if (event.event === 'rollback' || event.event === 'change') this.sendFindingsSoon(run);
      }),
      runs.onFailure(({ run, error }) => this.isWatching(run) && this.post({ type: 'failed', run: run.key, error })),
      problems.onDidReport((uri) => this.shown?.configFile === uri.fsPath && this.sendFindingsSoon(this.shown)),
      // A page that is not there looks at the library itself when it comes.
      runs.onEnd(() => this.live && void library.refresh()),
      library.onDidChange(() => this.live && this.post({ type: 'history', history: runHistory(runs, library) })),
      searches.onChange((configFile) => this.followSearch(configFile)),
      searches.onProgress(() => this.followSearch(searches.searching)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.sendSnapshot()),
    ];
  }

  get visible(): boolean {
    return this.panel?.visible ?? false;
  }

  get isLive(): boolean {
    return this.live;
  }

  /** The run on the page: the one picked there, else the newest. */
  get shown(): RunMirror | null {
    return this.chosen ?? this.runs.current;
  }

  /** The second run on the page. */
  get compared(): RunMirror | null {
    return this.beside;
  }

  /** Opens the dashboard beside the editor, or brings it back into view. */
  open(preserveFocus = false): void {
    if (this.panel !== null) {
      this.panel.reveal(undefined, preserveFocus);
      return;
    }
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus };
    const title = vscode.l10n.t('Gradient Dashboard');
    this.adopt(vscode.window.createWebviewPanel(DASHBOARD_VIEW, title, place, { retainContextWhenHidden: false }));
  }

  /** After a window reload VS Code brings the panel back; the page has kept its own state. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state?: unknown): Promise<void> {
    this.panel?.dispose();
    const { run, compare } = await this.recall(state);
    this.chosen ??= run;
    this.beside ??= compare;
    this.adopt(panel);
  }

  /** Shows another run. */
  show(run: RunMirror | null): void {
    this.chosen = run;
    if (this.beside === run) this.beside = null;
    void this.sendSnapshot();
  }

  /** Puts a second run beside the one on show, or takes it away. */
  compare(run: RunMirror | null): void {
    this.beside = run === this.shown ? null : run;
    if (this.live) this.sendCompared();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.panel?.dispose();
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    const root = vscode.Uri.joinPath(this.extensionUri, 'dist');
    this.panel = panel;
    this.live = false;
    panel.iconPath = vscode.Uri.joinPath(this.extensionUri, 'media', 'dashboard.svg');
    panel.webview.options = { enableScripts: true, localResourceRoots: [root] };
    panel.webview.onDidReceiveMessage((message: unknown) => this.receive(message), undefined, this.subscriptions);
    panel.onDidChangeViewState(() => {
      // A hidden page is gone; it says 'ready' when it is back.
      if (!panel.visible) this.live = false;
    });
    panel.onDidDispose(() => {
      if (this.panel !== panel) return;
      this.panel = null;
      this.live = false;
    });
    panel.webview.html = pageDocument(panel.webview, root);
  }

  private receive(message: unknown): void {
    const command = readPageCommand(message);
    if (command === null) {
      this.traffic.refused += 1;
      return;
    }
    if (command.type === 'ready') {
      this.metric = command.metric ?? FIRST_METRIC;
      void this.sendSnapshot();
    } else this.commands.fire(command);
  }

  private async sendSnapshot(): Promise<void> {
    if (!this.visible) return;
    const run = this.shown;
    // The configs are what the page offers while there is no run; each of them is read and checked.
    const [configs, text] = run === null ? [await configChoices(), null] : [[], await this.fixes.presentText(run)];
    // From here on without a pause, so that nothing is lost or sent twice between the snapshot and the appends.
    if (!this.visible || run !== this.shown) return;
    const plans = run === null ? [] : this.fixes.plansForRun(run, text);
    this.live = true;
    this.traffic.snapshots += 1;
    this.post({
      type: 'snapshot',
      version: 1,
      snapshot: run === null ? null : this.snapshotOf(run, plans, text),
      configs,
      history: runHistory(this.runs, this.library),
      trusted: vscode.workspace.isTrusted,
    });
    if (run !== null) this.sendMetrics(run, this.metric);
    this.sendCompared();
    void this.library.refresh();
  }

  private sendCompared(): void {
    const other = this.beside;
    this.post({
      type: 'compare',
      snapshot: other === null ? null : runSnapshot(other, vscode.workspace.asRelativePath(other.configFile), [], null, FIRST_METRIC),
    });
    if (other !== null) this.sendMetrics(other, FIRST_METRIC);
  }

  /** What a snapshot has left out: the page draws before it takes them. */
  private sendMetrics(run: RunMirror, shown: PageMetric): void {
    for (const columns of restOfFrames(run, shown)) this.post({ type: 'metric', run: run.key, ...columns });
  }

  /** The runs a page had on show before the window was reloaded. */
  private async recall(state: unknown): Promise<{ run: RunMirror | null; compare: RunMirror | null }> {
    const kept = (typeof state === 'object' && state !== null ? state : {}) as { run?: unknown; compare?: unknown };
    const find = async (key: unknown) => (typeof key === 'string' ? ((await runByKey(key, this.runs, this.library)) ?? null) : null);
    // A run that cannot be read any more is no reason to keep the dashboard closed.
    const [run, compare] = await Promise.all([find(kept.run).catch(() => null), find(kept.compare).catch(() => null)]);
    return { run, compare };
  }

  private sendFindingsSoon(run: RunMirror): void {
    if (!this.isWatching(run)) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.sendFindings(run);
    }, FINDINGS_DELAY_MS);
  }

  private snapshotOf(run: RunMirror, plans: readonly FixPlan[], text: string | null): RunSnapshot {
    const search = searchState(this.searches, run.configFile) ?? undefined;
    return { ...runSnapshot(run, vscode.workspace.asRelativePath(run.configFile), plans, text, this.metric), search };
  }

  private followSearch(configFile: string | null): void {
    const run = this.shown;
    if (run === null || run.configFile !== configFile) return;
    const search = searchState(this.searches, configFile);
    if (this.isWatching(run)) this.post({ type: 'search', run: run.key, search });
    if (search === null) this.sendFindingsSoon(run);
  }

  private async sendFindings(run: RunMirror): Promise<void> {
    const text = await this.fixes.presentText(run);
    if (!this.isWatching(run)) return;
    const plans = this.fixes.plansForRun(run, text);
    this.post({ type: 'findings', run: run.key, findings: pageFindings(run, text), fixes: fixCards(plans, text, run) });
  }

  private isWatching(run: RunMirror): boolean {
    return this.live && run === this.shown;
  }

  private post(message: HostMessage): void {
    void this.panel?.webview.postMessage(packMessage(message));
  }
}
