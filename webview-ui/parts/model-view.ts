import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { RunView } from '../run/dashboard-state.js';
import { FIRST_MEMORY, type PageMemory } from '../run/page-memory.js';
import { formatCount } from '../scales/format.js';
import { MANY_LAYERS } from '../view/heat-model.js';
import { netLayers, type NetLayer } from '../view/net-layers.js';
import { formatMetric } from '../view/readings.js';
import type { PageActions } from './actions.js';
import type { HeatReading } from './heat-reading.js';
import { columnsOf, shapeColour, valuePaint } from './heat-rows.js';
import { severityIcon, SEVERITY_NAMES } from './icon.js';
import { silhouette } from './silhouette.js';
import { styles } from './styles.js';
import { say } from '../language/language.js';

/** The net as a section of the rail; folded at first where it has many layers, but for a report, which may be printed. */
export function modelSection(run: RunView, memory: PageMemory, actions: PageActions): TemplateResult | typeof nothing {
  const layers = netLayers(run);
  if (layers.length === 0) return nothing;
  const open = memory.model ?? (actions.readOnly || layers.length <= MANY_LAYERS);
  return html`<section class="section model-section" aria-labelledby="model-title">
    <header>
      <h2 id="model-title">
        <button class="fold" aria-expanded=${open ? 'true' : 'false'} @click=${() => actions.remember({ model: !open })}>
          <span class="codicon codicon-chevron-right" aria-hidden="true"></span>${say('Model')}
        </button>
      </h2>
      <span class="number">${layers.length}</span>
    </header>
    ${open ? html`<gradwatch-model .run=${run} .layers=${layers} .memory=${memory} .actions=${actions}></gradwatch-model>` : nothing}
  </section>`;
}

/** All layers from input to output with type, output, parameters and their values at the crosshair, on the colour scale of the heatmap. */
@customElement('gradwatch-model')
export class ModelView extends LitElement {
  @property({ attribute: false }) run: RunView | null = null;
  @property({ attribute: false }) layers: readonly NetLayer[] = [];
  @property({ attribute: false }) memory: PageMemory = FIRST_MEMORY;
  @property({ attribute: false }) actions: PageActions | null = null;
  @property({ attribute: false }) reading: HeatReading | null = null;
  /** Row the Tab key reaches; the arrow keys move it. */
  @state() private reached = 0;

  /** Light DOM: one style sheet and one icon font serve the whole page. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Drawn a frame after the charts, so that neither is late. */
  protected override async scheduleUpdate(): Promise<void> {
    await new Promise(requestAnimationFrame);
    await super.scheduleUpdate();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const selected = changed.has('memory') ? this.layers.findIndex(({ name }) => name === this.memory.layer) : -1;
    if (selected >= 0) this.reached = selected;
    this.reached = Math.max(0, Math.min(this.reached, this.layers.length - 1));
  }

  protected override render(): TemplateResult | typeof nothing {
    const { run, layers, reading } = this;
    if (run === null || reading === null || reading.run !== run) return nothing;
    const columns = columnsOf(reading.heat.metric);
    const widest = Math.max(1, ...layers.map(({ units }) => units));
    return html`<div
      class="net-box"
      role="table"
      aria-label=${say('Layers from input to output, values at {0}', reading.head)}
      @keydown=${this.onKey}
    >
      <div class="net-head" role="row">
        <span class="net-name" role="columnheader">${reading.head}</span>
        ${columns.map(([, name]) => html`<span class="net-value" role="columnheader">${name}</span>`)}
        <span class="hidden" role="columnheader">${say('type, output, activation, parameters')}</span>
      </div>
      ${layers.map((layer, i) => this.layerRow(layer, i, run, reading, widest))}
    </div>`;
  }

  private layerRow(layer: NetLayer, i: number, run: RunView, reading: HeatReading, widest: number): TemplateResult {
    const { heat, row, palette } = reading;
    const { name, units, index, finding } = layer;
    const pressed = name === this.memory.layer;
    const colour = index === null ? null : shapeColour(run.store, heat, index, row, palette);
    return html`<div class="net-layer ${pressed ? 'selected' : ''}" role="row" @click=${() => this.select(name)}>
      <span class="net-name" role="rowheader">
        ${silhouette({ units, next: this.layers[i + 1]?.units ?? units, widest, colour })}
        <button aria-pressed=${pressed ? 'true' : 'false'} tabindex=${i === this.reached ? 0 : -1} @focus=${() => (this.reached = i)}>
          ${name}
        </button>
        ${
          finding === null
            ? nothing
            : html`<span class="net-finding" title=${finding.id}
                >${severityIcon(finding.severity)}<span class="hidden">${SEVERITY_NAMES[finding.severity]}: ${finding.id}</span></span
              >`
        }
      </span>
      ${columnsOf(heat.metric).map(([metric]) => {
        if (index === null || row < 0) return html`<span class="net-value" role="cell"></span>`;
        const value = run.store.layer(metric, index)[row] as number;
        const on = metric === heat.metric;
        const broken = on && !Number.isFinite(value) ? 'broken-value' : '';
        return html`<span class="net-value ${broken}" role="cell" ${styles(on ? valuePaint(heat, value, palette) : {})}
          >${formatMetric(metric, value)}</span
        >`;
      })}
      <span class="net-facts" role="cell">${factsOf(layer)}</span>
    </div>`;
  }

  /** Brings the selected layer into view inside its box; the page itself stays where it is. */
  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('memory')) return;
    const box = this.querySelector<HTMLElement>('.net-box');
    const row = this.querySelector<HTMLElement>('.net-layer.selected');
    if (box === null || row === null) return;
    const [outer, inner] = [box.getBoundingClientRect(), row.getBoundingClientRect()];
    const head = box.querySelector('.net-head')?.getBoundingClientRect().height ?? 0;
    if (inner.top < outer.top + head) box.scrollTop -= outer.top + head - inner.top;
    else if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom;
  }

  /** Puts a layer into focus on the whole page, or out of it. */
  private select(layer: string): void {
    this.actions?.remember({ layer: this.memory.layer === layer ? null : layer });
  }

  private readonly onKey = (event: KeyboardEvent) => {
    const last = this.layers.length - 1;
    const targets: Record<string, number> = { ArrowUp: this.reached - 1, ArrowDown: this.reached + 1, Home: 0, End: last };
    const target = targets[event.key];
    if (target === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.querySelectorAll<HTMLElement>('.net-layer button')[Math.max(0, Math.min(target, last))]?.focus();
  };
}

/** "dense · output 64 · relu · 4,160 params" */
function factsOf({ type, shape, activation, parameters }: NetLayer): string {
  const output = shape === null ? undefined : say('output {0}', shape);
  const weights = parameters === 0 ? say('no params') : parameters === 1 ? say('1 param') : say('{0} params', formatCount(parameters));
  return [type, output, activation, weights].filter((fact) => fact !== undefined).join(' · ');
}
