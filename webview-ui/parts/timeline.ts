import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { onThemeChange, readPalette, type Palette } from '../charts/palette.js';
import { BucketCache } from '../run/buckets.js';
import type { RunView } from '../run/dashboard-state.js';
import { FIRST_MEMORY, type PageMemory } from '../run/page-memory.js';
import { stepAtShare, stepCount, windowWith, zoomAround, zoomTo, type StepWindow } from '../run/step-window.js';
import { CHART_TITLES, type ChartKey } from '../view/chart-data.js';
import { layerName } from '../view/layer-lines.js';
import { layerAt } from '../view/layer-under.js';
import { markersOf, type Marker } from '../view/markers.js';
import { readAt, type Readings } from '../view/readings.js';
import { viewWindow } from '../view/run-facts.js';
import { effectOf, type KeyEffect } from '../view/timeline-keys.js';
import { heatSummary, layersSummary, layersUnit, readingHead, spokenReading } from '../view/timeline-words.js';
import { buildTracks, type Tracks } from '../view/tracks.js';
import type { PageActions } from './actions.js';
import { ChartActions } from './chart-actions.js';
import { chartMenu, menuButton } from './chart-menu.js';
import { tellReading } from './heat-reading.js';
import { heatRow, layerHead } from './heat-rows.js';
import { isKeyHelpOpen, keyHelp, toggleKeyHelp } from './key-help.js';
import { layerList, legend, topChoice } from './layer-legend.js';
import { METRIC_NAMES } from './metric-names.js';
import { netRows } from './net-rows.js';
import { TimelinePainter } from './timeline-painter.js';
import { TimelinePointer } from './timeline-pointer.js';
import { emptyRuler, lineRow, overlay, ruler } from './timeline-rows.js';
import { say } from '../language/language.js';

/** From this width cells carry their values, and marker lines pass behind them. */
const COARSE_CELL = 30;
const LIGHT_CHANGES: readonly PropertyKey[] = ['cursor', 'announcement', 'stretch']; // move and recolour no chart

/** All tracks on one x axis, with one crosshair over them and the values it meets in the column on the right. */
@customElement('gradwatch-timeline')
export class Timeline extends LitElement {
  @property({ attribute: false }) run: RunView | null = null;
  @property({ attribute: false }) memory: PageMemory = FIRST_MEMORY;
  @property({ attribute: false }) actions: PageActions | null = null;
  /** Grows whenever the run has changed in place. */
  @property({ attribute: false }) change = 0;
  @state() private cursor: number | null = null;
  @state() private stretch: StepWindow | null = null;
  @state() private width = 0;
  @state() private palette: Palette | null = null;
  @state() private announcement = '';

  private tracks: Tracks | null = null;
  private cache: { run: RunView['store']; metric: string; buckets: BucketCache } | null = null;
  private readonly painter = new TimelinePainter(this);
  private readonly narrow = matchMedia('(max-width: 719px)');
  private readonly resize = new ResizeObserver(() => this.measure());
  private stopTheme: (() => void) | null = null;
  /** Whether the charts are to be painted after the update, and whether over several frames. */
  private repaint: 'no' | 'now' | 'spread' = 'no';
  private readonly chartActions = new ChartActions(this, () => ({ run: this.run, memory: this.memory, tracks: this.tracks, row: this.readings()?.row ?? -1, actions: this.actions })); // prettier-ignore
  private readonly pointer = new TimelinePointer({
    stepAt: (clientX, nearest) => this.stepAt(clientX, nearest),
    hover: (step) => (this.cursor = step === null ? null : Math.min(step, this.tracks?.now ?? step)),
    stretch: (steps) => (this.stretch = steps),
    zoom: (steps) => this.zoom(zoomTo(steps, this.whole())),
    zoomAround: (step, factor) => this.tracks && this.zoom(zoomAround(this.tracks.window, step, factor, this.whole())),
    whole: () => this.zoom(null),
    click: (event) => this.clickChart(event),
  });

  /** Light DOM: one style sheet and one icon font serve the whole page. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.palette = readPalette(this);
    this.stopTheme = onThemeChange(() => (this.palette = readPalette(this)));
    this.resize.observe(this);
    // A listener that may prevent the page's own zoom cannot be declared in the template.
    this.addEventListener('wheel', this.pointer.wheel, { passive: false });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopTheme?.();
    this.resize.disconnect();
    this.removeEventListener('wheel', this.pointer.wheel);
    this.painter.destroy();
  }

  /** Takes the crosshair to a step, and the window with it where the step lies outside. */
  goTo(step: number): void {
    const { tracks } = this;
    if (tracks === null || tracks.now === null) return;
    this.moveTo(Math.max(0, Math.min(step, tracks.now)));
    const window = windowWith(step, tracks.window, this.whole());
    if (window !== tracks.window) this.zoom(window);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { run, memory } = this;
    this.repaint = 'no';
    if (run === null || this.width === 0) return;
    const keys: PropertyKey[] = [...changed.keys()];
    if (this.tracks !== null && keys.every((key) => LIGHT_CHANGES.includes(key))) return;
    const settled = this.tracks !== null && this.cache?.run === run.store;
    // A pyramid per series of one metric at a time: what is not on show takes no memory.
    if (!settled || this.cache?.metric !== memory.metric)
      this.cache = { run: run.store, metric: memory.metric, buckets: new BucketCache(run.store) };
    this.tracks = buildTracks(run, this.cache.buckets, memory, this.width, this.narrow.matches);
    this.repaint = settled && keys.every((key) => key === 'change' || LIGHT_CHANGES.includes(key)) ? 'spread' : 'now';
  }

  protected override render(): TemplateResult | typeof nothing {
    const { run, tracks, palette, memory, actions } = this;
    if (this.width === 0) return emptyRuler();
    if (run === null || tracks === null || palette === null || actions === null) return nothing;
    const readings = this.readings();
    const markers = markersOf(run, tracks.window, this.width);
    const name = METRIC_NAMES[memory.metric];
    return html`<div
        class="timeline ${this.width / stepCount(tracks.window) >= COARSE_CELL ? 'coarse' : ''}"
        role="group"
        tabindex="0"
        aria-label=${say('Training timeline. Arrow keys move the crosshair, plus and minus zoom, question mark lists all keys.')}
        @keydown=${this.onKey}
        @copy=${this.chartActions.onCopy}
        @pointerdown=${this.pointer.down}
        @pointermove=${this.pointer.move}
        @pointerup=${this.pointer.up}
        @pointercancel=${this.pointer.cancel}
        @pointerleave=${this.pointer.leave}
        @dblclick=${this.pointer.doubleClick}
      >
        ${ruler({
          tracks,
          markers,
          cursor: this.cursor,
          width: this.width,
          view: memory.zoom === null ? memory.view : null,
          reading: readingHead(run, readings, this.cursor, this.narrow.matches),
          setView: (view) => actions.remember({ view, zoom: null }),
          openMarker: (marker) => this.openMarker(marker),
        })}
        ${netRows({ run, tracks, readings, width: this.width, menu: this.menu })}
        ${layerHead({ memory, split: run.beside !== undefined, layers: run.store.layerCount, remember: actions.remember, menu: this.menu('heat') })}
        ${heatRow({ run, heat: tracks.heat, row: readings?.row ?? -1, palette, summary: heatSummary(run, tracks, name), select: this.select })}
        ${legend(tracks.heat)}
        ${lineRow({
          key: 'layers',
          title: CHART_TITLES.layers,
          unit: layersUnit(run, tracks, name),
          model: tracks.layers,
          width: this.width,
          summary: layersSummary(run, tracks, name),
          reading: layerList(run, tracks, memory, readings?.row ?? -1, this.select),
          menu: this.menu('layers'),
          extra: topChoice(tracks.heat.shown.length, memory, actions.remember),
        })}
        ${overlay(tracks, markers, this.cursor, this.stretch)}
        <div class="hidden" role="status">${this.announcement}</div>
      </div>
      ${chartMenu(this.chartActions.act)} ${keyHelp()}`;
  }

  private readonly menu = (chart: ChartKey) => menuButton(chart, this.chartActions.open);

  protected override firstUpdated(): void {
    this.measure();
  }

  protected override updated(): void {
    const { run, tracks, palette, width } = this;
    if (run === null || tracks === null || palette === null) return;
    if (this.repaint !== 'no') this.painter.repaint({ tracks, palette, width }, this.repaint === 'spread');
    tellReading(this, run, tracks.heat, palette, this.cursor);
  }

  private measure(): void {
    const plot = this.querySelector('.ruler .plot');
    if (plot !== null) this.width = Math.round(plot.getBoundingClientRect().width);
  }

  private readings(): Readings | null {
    return this.run === null ? null : readAt(this.run, this.cursor);
  }

  private whole(): StepWindow {
    return this.run === null ? { from: 0, to: 0 } : viewWindow(this.run, 'whole');
  }

  private zoom(zoom: StepWindow | null): void {
    this.actions?.remember(zoom === null ? { view: 'whole', zoom } : { zoom });
  }

  private stepAt(clientX: number, nearest: boolean): number | null {
    const plot = this.querySelector('.ruler .plot')?.getBoundingClientRect();
    if (plot === undefined || this.tracks === null || this.tracks.now === null) return null;
    const share = (clientX - plot.left) / plot.width;
    return nearest || (share >= 0 && share <= 1) ? stepAtShare(share, this.tracks.window) : null;
  }

  private readonly onKey = (event: KeyboardEvent) => {
    const { run, tracks, memory } = this;
    if (run === null || tracks?.now == null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
    const { window, heat, now } = tracks;
    const layers = heat.shown.map((l) => layerName(run, l));
    const { firstStep: first } = run.store;
    const state = { window, whole: this.whole(), first, now, cursor: this.cursor, stride: heat.stride, layers, layer: memory.layer };
    const effect = effectOf({ key: event.key, shift: event.shiftKey }, state);
    // The browser closes the help.
    if (effect === null || (event.key === 'Escape' && isKeyHelpOpen())) return;
    event.preventDefault();
    if (event.key === 'Escape') this.pointer.cancel();
    this.follow(effect);
  };

  private follow({ cursor, remember, help }: KeyEffect): void {
    if (remember !== undefined) this.actions?.remember(remember);
    if (cursor !== undefined) this.moveTo(cursor);
    if (help === true) toggleKeyHelp();
  }

  private moveTo(step: number | null): void {
    this.cursor = step;
    const readings = this.readings();
    if (readings !== null) this.announcement = spokenReading(readings);
  }

  /** Puts a layer into focus on the whole page, or out of it. */
  private readonly select = (layer: string) => this.actions?.remember({ layer: this.memory.layer === layer ? null : layer });

  private clickChart(event: PointerEvent): void {
    const plot = (event.target as Element).closest<HTMLElement>('.plot');
    const chart = plot?.closest<HTMLElement>('[data-track]')?.dataset['track'];
    if (plot === null || this.run === null || this.tracks === null || (chart !== 'heat' && chart !== 'layers')) return;
    const step = this.stepAt(event.clientX, true) ?? 0;
    const layer = layerAt(this.run, this.tracks, chart, step, event.clientY - plot.getBoundingClientRect().top);
    if (layer !== null) this.select(layer);
  }

  private openMarker({ step, finding }: Marker): void {
    const card = document.querySelector<HTMLElement>(`[data-finding="${finding}"][data-step="${step}"]`);
    card?.scrollIntoView({ block: 'nearest' });
    card?.focus();
    const layer = this.run?.findings.find((f) => f.id === finding && f.step === step)?.layer;
    if (layer != null) this.actions?.remember({ layer });
    this.goTo(step);
  }
}
