import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { hatch } from '../charts/hatch.js';
import { openCanvas } from '../charts/canvas.js';
import { paintHeat } from '../charts/heat-painter.js';
import { LineChart } from '../charts/line-chart.js';
import { onThemeChange, readPalette, type Palette } from '../charts/palette.js';
import { paintRisk, RISK_LIMIT } from '../charts/risk-lane.js';
import { BucketCache } from '../run/buckets.js';
import type { RunView } from '../run/dashboard-state.js';
import { FIRST_MEMORY, type PageMemory } from '../run/page-memory.js';
import { stepCount } from '../run/step-window.js';
import { formatCount } from '../scales/format.js';
import { markersOf, type Marker } from '../view/markers.js';
import { readAt, type Readings } from '../view/readings.js';
import { isHeld, isOver, layerRows, lossName } from '../view/run-facts.js';
import { buildTracks, isEverClipped, TOP_LAYERS, type Tracks } from '../view/tracks.js';
import type { PageActions } from './actions.js';
import { heatRow, layerHead, layerList, legend } from './heat-rows.js';
import { METRIC_NAMES } from './metric-names.js';
import { hottestLayer, lineRow, overlay, readingOf, ruler, stepUnder, summaryOf } from './timeline-rows.js';

/** Steps the crosshair moves by key. */
const KEY_STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };
/** From this width cells carry their values, and marker lines pass behind them. */
const COARSE_CELL = 30;
/** Pieces of the page that are painted in one go; new frames of a run repaint one piece per animation frame. */
const PIECES = ['heat', 'net', 'layers'] as const;
type Piece = (typeof PIECES)[number];

/** All tracks on one x axis, with one crosshair over them and the values it meets in the column on the right. */
@customElement('gradwatch-timeline')
export class Timeline extends LitElement {
  @property({ attribute: false }) run: RunView | null = null;
  @property({ attribute: false }) memory: PageMemory = FIRST_MEMORY;
  @property({ attribute: false }) actions: PageActions | null = null;
  /** Grows whenever the run has changed in place. */
  @property({ attribute: false }) change = 0;
  @state() private cursor: number | null = null;
  @state() private width = 0;
  @state() private palette: Palette | null = null;
  @state() private announcement = '';

  private tracks: Tracks | null = null;
  private cache: { run: RunView['store']; buckets: BucketCache } | null = null;
  private readonly charts = new Map<string, LineChart>();
  private readonly narrow = matchMedia('(max-width: 719px)');
  private readonly resize = new ResizeObserver(() => this.measure());
  private stopTheme: (() => void) | null = null;
  /** What is to be painted again, in this order. */
  private readonly stale = new Set<Piece>();
  private painting = 0;
  private spread = false;

  /** Light DOM: one style sheet and one icon font serve the whole page. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.palette = readPalette(this);
    this.stopTheme = onThemeChange(() => (this.palette = readPalette(this)));
    this.resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopTheme?.();
    this.resize.disconnect();
    cancelAnimationFrame(this.painting);
    this.painting = 0;
    for (const chart of this.charts.values()) chart.destroy();
    this.charts.clear();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { run } = this;
    if (run === null) return;
    const settled = this.tracks !== null && this.cache?.run === run.store;
    const onlyCursor = [...changed.keys()].every((key) => key === ('cursor' as keyof this) || key === ('announcement' as keyof this));
    if (onlyCursor && this.tracks !== null) return;
    if (this.cache?.run !== run.store) this.cache = { run: run.store, buckets: new BucketCache(run.store) };
    this.tracks = buildTracks(run, this.cache.buckets, this.memory, Math.max(1, this.width), this.narrow.matches);
    PIECES.forEach((piece) => this.stale.add(piece));
    // What the reader asked for is shown at once; what the run adds is spread, so that no frame is late.
    this.spread = settled && [...changed.keys()].every((key) => key === 'change' || key === ('cursor' as keyof this));
  }

  protected override render(): TemplateResult | typeof nothing {
    const { run, tracks, palette } = this;
    if (run === null || tracks === null || palette === null) return nothing;
    const readings = readAt(run, this.cursor);
    const markers = markersOf(run, tracks.window, this.width);
    const { metric } = this.memory;
    return html`<div
      class="timeline ${this.width / stepCount(tracks.window) >= COARSE_CELL ? 'coarse' : ''}"
      role="group"
      tabindex="0"
      aria-label="Training timeline. Arrow keys and Page Up or Down move the crosshair, Escape returns to now."
      @keydown=${this.onKey}
      @pointermove=${this.onPointer}
      @pointerleave=${() => (this.cursor = null)}
    >
      ${ruler({
        tracks,
        markers,
        cursor: this.cursor,
        width: this.width,
        view: this.memory.view,
        reading: this.readingHead(readings),
        setView: (view) => this.actions?.remember({ view }),
        openMarker: (marker) => this.openMarker(marker),
      })}
      ${this.netRows(run, tracks, readings)} ${layerHead(metric, (chosen) => this.actions?.remember({ metric: chosen }))}
      ${heatRow({
        run,
        heat: tracks.heat,
        row: readings?.row ?? -1,
        palette,
        summary: this.heatSummary(run, tracks),
        select: (layer) => this.actions?.remember({ layer: this.memory.layer === layer.name ? null : layer.name }),
      })}
      ${legend(tracks.heat)}
      ${lineRow({
        key: 'layers',
        title: 'By layer',
        unit: METRIC_NAMES[metric].toLowerCase(),
        model: tracks.layers,
        width: this.width,
        summary: `${METRIC_NAMES[metric]} by layer, ${run.store.layerCount} layers. In colour: ${tracks.top.map((l) => run.start?.layers[l]?.name).join(', ')}.`,
        reading: layerList(run, tracks, metric, readings?.row ?? -1),
        extra:
          run.store.layerCount > TOP_LAYERS
            ? html`<div class="unit">top ${TOP_LAYERS} of ${run.store.layerCount} in colour</div>`
            : undefined,
      })}
      ${overlay(tracks, markers, this.cursor)}
      <div class="hidden" role="status">${this.announcement}</div>
    </div>`;
  }

  private netRows(run: RunView, tracks: Tracks, readings: Readings | null): TemplateResult {
    const clipped = isEverClipped(run);
    const row = (key: 'loss' | 'rate' | 'norm', title: string, unit: string, name: Parameters<typeof summaryOf>[2]) =>
      lineRow({
        key,
        title,
        unit,
        model: tracks[key],
        width: this.width,
        summary: summaryOf(`${title}, ${unit}`, run, name),
        reading: readingOf(readings?.[key]),
      });
    return html`<div class="row risk-row">
        <div class="gutter"><h2>Risk</h2></div>
        <div class="plot" role="img" aria-label=${summaryOf('Risk, 0 to 1, limit 0.5', run, 'risk')}>
          <canvas class="risk-canvas"></canvas>
        </div>
        <div class="reading">
          ${readings?.risk ?? ''}${readings?.pastRisk === true ? html`<span class="long">, past ${RISK_LIMIT.toFixed(2)}</span>` : nothing}
        </div>
      </div>
      ${row('loss', 'Loss', lossName(run), 'loss')} ${row('rate', 'Learning rate', 'per step', 'learningRate')}
      ${row('norm', 'Gradient norm', clipped ? 'whole net, dashed after clipping' : 'whole net, L2', 'globalGradNorm')}`;
  }

  private readingHead(readings: Readings | null): string {
    const { run } = this;
    if (readings === null || run === null) return '';
    const step = `step ${formatCount(readings.step)}`;
    if (this.cursor !== null || this.narrow.matches) return step;
    if (isHeld(run)) return `before ${step}`;
    if (isOver(run)) return `last, ${step}`;
    return run.state === 'paused' ? `paused at ${step}` : `now, ${step}`;
  }

  private heatSummary(run: RunView, tracks: Tracks): string {
    const name = METRIC_NAMES[this.memory.metric].toLowerCase();
    const hottest = run.start?.layers[hottestLayer(tracks.heat.layers, tracks)]?.name;
    const most = hottest === undefined ? '' : ` Largest: ${hottest}.`;
    return `Heatmap of ${name} per layer and step, ${run.store.layerCount} layers, steps ${tracks.window.from} to ${tracks.heat.last}.${most}`;
  }

  protected override firstUpdated(): void {
    this.measure();
  }

  protected override updated(): void {
    if (this.stale.size === 0) return;
    if (this.spread) return this.paintLater();
    for (const piece of this.stale) this.paint(piece);
    if (this.palette !== null && this.width > 0) this.paintLegend(this.palette);
    this.stale.clear();
  }

  private paintLater(): void {
    if (this.painting !== 0) return;
    this.painting = requestAnimationFrame(() => {
      this.painting = 0;
      const [piece] = this.stale;
      if (piece === undefined) return;
      this.stale.delete(piece);
      this.paint(piece);
      if (this.stale.size > 0) this.paintLater();
    });
  }

  private paint(piece: Piece): void {
    const { tracks, palette, width } = this;
    if (tracks === null || palette === null || width === 0) return;
    const canvas = (selector: string) => this.querySelector<HTMLCanvasElement>(selector);
    const draw = (key: 'loss' | 'rate' | 'norm' | 'layers') => this.chart(key)?.draw(tracks[key], palette, width, tracks.shadeFrom);
    switch (piece) {
      case 'heat': {
        const heat = canvas('.heat-canvas');
        if (heat !== null) paintHeat(heat, tracks.heat, palette, tracks.shadeFrom);
        break;
      }
      case 'net': {
        const risk = canvas('.risk-canvas');
        if (risk !== null) paintRisk(risk, tracks.risk, tracks.window, palette, tracks.shadeFrom);
        draw('loss');
        draw('rate');
        draw('norm');
        break;
      }
      case 'layers':
        draw('layers');
    }
  }

  private chart(key: string): LineChart | undefined {
    const target = this.querySelector<HTMLElement>(`[data-track="${key}"] .chart`);
    if (target !== null && !this.charts.has(key)) this.charts.set(key, new LineChart(target));
    return this.charts.get(key);
  }

  private paintLegend(palette: Palette): void {
    const ramp = this.querySelector<HTMLCanvasElement>('.ramp-canvas');
    const sheet = ramp === null ? null : openCanvas(ramp);
    if (sheet !== null)
      for (let x = 0; x < sheet.width; x++) {
        sheet.context.fillStyle = palette.rampCss[Math.round((x / (sheet.width - 1)) * (palette.rampCss.length - 1))] ?? '';
        sheet.context.fillRect(x, 0, 1, sheet.height);
      }
    for (const canvas of this.querySelectorAll<HTMLCanvasElement>('.swatch-canvas')) {
      const swatch = openCanvas(canvas);
      if (swatch === null) continue;
      swatch.context.fillStyle = hatch(swatch.context, canvas.dataset['kind'] === 'NaN' ? 'NaN' : 'Inf', palette);
      swatch.context.fillRect(0, 0, swatch.width, swatch.height);
      swatch.context.strokeStyle = palette.colours.fg;
      swatch.context.strokeRect(0.5, 0.5, swatch.width - 1, swatch.height - 1);
    }
  }

  private measure(): void {
    const plot = this.querySelector('.ruler .plot');
    if (plot !== null) this.width = Math.round(plot.getBoundingClientRect().width);
  }

  private readonly onPointer = (event: PointerEvent) => {
    const plot = this.querySelector('.ruler .plot')?.getBoundingClientRect();
    if (plot !== undefined && this.tracks !== null) this.cursor = stepUnder(event.clientX, plot, this.tracks);
  };

  private readonly onKey = (event: KeyboardEvent) => {
    const move = KEY_STEPS[event.key];
    if (event.key === 'Escape') this.moveTo(null);
    else if (move !== undefined && this.tracks !== null && this.tracks.now !== null) {
      event.preventDefault();
      const { window, now } = this.tracks;
      this.moveTo(Math.max(window.from, Math.min(Math.min(window.to, now), (this.cursor ?? now) + move)));
    }
  };

  private moveTo(step: number | null): void {
    this.cursor = step;
    const readings = this.run === null ? null : readAt(this.run, step);
    if (readings === null) return;
    this.announcement = `Step ${readings.step}: loss ${readings.loss.value}, learning rate ${readings.rate.value}, gradient norm ${readings.norm.value}, risk ${readings.risk}.`;
  }

  private openMarker(marker: Marker): void {
    const finding = document.querySelector<HTMLElement>(`[data-finding="${marker.label}"][data-step="${marker.step}"]`);
    finding?.scrollIntoView({ block: 'nearest' });
    finding?.focus();
    const layer = this.run?.findings.find((f) => f.id === marker.label && f.step === marker.step)?.layer;
    if (layer != null && layerRows(this.run as RunView).some((row) => row.name === layer)) this.actions?.remember({ layer });
  }
}
