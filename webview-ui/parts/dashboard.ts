import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { HostMessage, PageFinding } from '../../src/telemetry/page-protocol.js';
import { connectHost } from '../host.js';
import type { PageHost } from '../page-host.js';
import { emptyDashboard, receive, type RunView } from '../run/dashboard-state.js';
import { FORGOTTEN, readMemory, type PageMemory } from '../run/page-memory.js';
import type { ChartKey } from '../view/chart-data.js';
import { currentHistory } from '../view/run-history.js';
import { verdictOf, type Verdict } from '../view/verdict.js';
import type { PageActions } from './actions.js';
import { compareStrip, differenceSection } from './compare-parts.js';
import { dataTable } from './data-table.js';
import { emptyPage } from './empty-page.js';
import { epochsSection } from './epoch-table.js';
import { findingsSection } from './findings-list.js';
import { fixesSection } from './fix-cards.js';
import type { HeatReading } from './heat-reading.js';
import { modelSection, type ModelView } from './model-view.js';
import { emptyBar, runBar } from './run-bar.js';
import { runsSection } from './run-history.js';
import { setupSection } from './run-tables.js';
import { verdictStrip } from './verdict-strip.js';
import type { Timeline } from './timeline.js';
import { say } from '../language/language.js';
import './live-region.js';
import './timeline.js';

/** The page. It owns what the host told it and what the reader chose; everything else is drawn from that, once per frame. */
@customElement('gradwatch-dashboard')
export class Dashboard extends LitElement {
  /** Grows with every change of `state` in place. */
  @state() private change = 0;
  /** Chart whose numbers are on show; null while the table is closed. */
  @state() private table: ChartKey | 'all' | null = null;
  @state() private memory: PageMemory;
  private readonly host: PageHost = connectHost();
  private readonly dashboard = emptyDashboard();
  private readonly actions: PageActions = {
    send: (command) => this.host.send(command),
    remember: (change) => this.remember(change),
    jump: (finding) => this.jump(finding),
    showTable: (chart) => this.showTable(chart),
    saveFile: (file) => this.host.saveFile(file),
    readOnly: this.host.readOnly,
  };
  private frameRequested = false;

  constructor() {
    super();
    this.memory = readMemory(this.host.restore());
  }

  /** Light DOM: one style sheet and one icon font serve the whole page. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.host.listen((message) => this.take(message));
    this.host.send({ type: 'ready', metric: this.memory.metric });
    addEventListener('keydown', this.onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('keydown', this.onKey);
  }

  /** Escape takes the layer out of focus wherever the keyboard is, unless it closes or empties something else. */
  private readonly onKey = (event: KeyboardEvent) => {
    const busy = event.defaultPrevented || event.target instanceof HTMLInputElement || document.querySelector(':popover-open') !== null;
    if (event.key === 'Escape' && !busy && this.memory.layer !== null) this.remember({ layer: null });
  };

  /** The crosshair belongs to the timeline; the model reads the frame under it, without a new drawing of the whole page. */
  private readonly onReading = ({ detail }: CustomEvent<HeatReading>) => {
    const view = this.querySelector<ModelView>('gradwatch-model');
    if (view !== null) view.reading = detail;
  };

  private jump({ step, layer, at }: PageFinding): void {
    if (layer !== null) this.remember({ layer });
    this.querySelector<Timeline>('gradwatch-timeline')?.goTo(step);
    if (at.length > 0) this.host.send({ type: 'reveal', path: at });
  }

  private showTable(chart: ChartKey): void {
    this.table = chart;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('.data-table summary')?.focus());
  }

  private take(message: HostMessage): void {
    receive(this.dashboard, message, performance.now());
    const shown = this.dashboard.run;
    const run = shown?.start?.run ?? shown?.run ?? null;
    const compare = shown?.beside?.run.run ?? null;
    if (this.dashboard.connected && (run !== this.memory.run || compare !== this.memory.compare))
      this.remember({ ...(run === this.memory.run ? {} : FORGOTTEN), run, compare });
    // A page that shows nothing yet does not wait for its next frame.
    if (message.type === 'snapshot') this.change++;
    // Metrics that are not on show change nothing on it.
    else if (message.type !== 'metric' || message.metric === this.memory.metric) this.drawSoon();
  }

  private drawSoon(): void {
    if (this.frameRequested) return;
    this.frameRequested = true;
    requestAnimationFrame(() => {
      this.frameRequested = false;
      this.change++;
    });
  }

  private remember(change: Partial<PageMemory>): void {
    this.memory = { ...this.memory, ...change };
    this.host.save(this.memory);
  }

  protected override render(): TemplateResult {
    const { run, connected } = this.dashboard;
    if (!connected) return html`${emptyBar(say('Connecting'), true, this.actions)}`;
    if (run === null)
      return html`${emptyBar(say('No run'), false, this.actions)}${emptyPage(this.dashboard, this.actions)}${runsSection(this.dashboard.history, { current: null, other: null }, this.actions)}`;
    return this.runPage(run, verdictOf(run));
  }

  private runPage(run: RunView, verdict: Verdict): TemplateResult {
    const { trusted, history } = this.dashboard;
    const findings = findingsSection(run, this.memory.layer, this.actions);
    const fixes = fixesSection(run, this.actions);
    return html`${runBar(run, verdict.level, trusted, this.actions)}
      <gradwatch-live-region .run=${run} .verdict=${verdict} .change=${this.change}></gradwatch-live-region>
      ${verdictStrip(run, verdict, this.actions)} ${run.beside === undefined ? nothing : compareStrip(run, run.beside, this.actions)}
      <div class="body">
        <main class="tracks">
          <gradwatch-timeline
            .run=${run}
            .memory=${this.memory}
            .actions=${this.actions}
            .change=${this.change}
            @heatreading=${this.onReading}
          ></gradwatch-timeline>
        </main>
        <aside class="rail" aria-label=${say('Findings and fixes')}>
          ${run.beside === undefined ? nothing : differenceSection(run, run.beside, this.actions)}
          ${inOrder(verdict.level === 'calm' ? ['findings', 'fixes'] : ['fixes', 'findings'], { findings, fixes })}
          ${modelSection(run, this.memory, this.actions)} ${epochsSection(run)} ${setupSection(run)}
        </aside>
        <div class="below">
          ${this.host.readOnly ? nothing : runsSection(currentHistory(history, run), { current: run.run, other: run.beside?.run.run ?? null }, this.actions)}
          ${dataTable(run, this.memory, this.table, (chart) => (this.table = chart))}
        </div>
      </div>`;
  }
}

type Part = TemplateResult | typeof nothing;

/** Parts that change places move with what is open and focused in them, instead of being made anew. */
function inOrder<K extends string>(order: readonly K[], parts: Record<K, Part>): unknown {
  return repeat(
    order,
    (key) => key,
    (key) => parts[key],
  );
}
