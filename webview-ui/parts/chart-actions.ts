import { chartPicture } from '../charts/chart-picture.js';
import type { RunView } from '../run/dashboard-state.js';
import type { PageMemory } from '../run/page-memory.js';
import { chartColumns, CHART_TITLES, csvOf, readingTsv, type ChartKey } from '../view/chart-data.js';
import type { Tracks } from '../view/tracks.js';
import type { PageActions } from './actions.js';
import { openMenu, type ChartAct } from './chart-menu.js';

/** What the charts show now. */
export interface Shown {
  run: RunView | null;
  memory: PageMemory;
  tracks: Tracks | null;
  /** Row under the crosshair, -1 without frames. */
  row: number;
  actions: PageActions | null;
}

/** Copies values, saves pictures and data of the charts below an element. */
export class ChartActions {
  private chart: ChartKey = 'loss';

  constructor(
    private readonly root: HTMLElement,
    private readonly shown: () => Shown,
  ) {}

  readonly open = (chart: ChartKey, button: HTMLElement) => {
    this.chart = chart;
    const menu = this.root.querySelector<HTMLElement>('.chart-menu');
    if (menu !== null) openMenu(menu, button);
  };

  /** Ctrl+C without a selection copies the values at the crosshair; with one, the selection. */
  readonly onCopy = (event: ClipboardEvent) => {
    const text = this.reading();
    if (text === null || event.clipboardData === null || getSelection()?.isCollapsed === false) return;
    if (event.target instanceof HTMLInputElement) return;
    event.clipboardData.setData('text/plain', text);
    event.preventDefault();
  };

  readonly act = (act: ChartAct) => {
    const { actions } = this.shown();
    if (act === 'copy') void navigator.clipboard.writeText(this.reading() ?? '');
    else if (act === 'table') actions?.showTable(this.chart);
    else if (act === 'data') this.saveData();
    else void this.savePicture();
  };

  private reading(): string | null {
    const { run, row } = this.shown();
    return run === null || row < 0 ? null : readingTsv(run, row);
  }

  private saveData(): void {
    const { run, memory, tracks, actions } = this.shown();
    if (run === null || tracks === null) return;
    const columns = chartColumns(run, this.chart, memory.metric, tracks.heat.shown);
    actions?.saveFile({ name: this.fileName('csv'), content: csvOf(run, columns, tracks.window) });
  }

  private async savePicture(): Promise<void> {
    const rows = ['.ruler', ...(this.chart === 'heat' ? ['.layer-head', '.row.heat', '.legend-row'] : [`[data-chart="${this.chart}"]`])];
    const elements = rows.flatMap((selector) => this.root.querySelector<HTMLElement>(selector) ?? []);
    const lines = [...this.root.querySelectorAll<HTMLElement>('.overlay i')];
    const content = await chartPicture(elements, lines, getComputedStyle(document.body).backgroundColor);
    this.shown().actions?.saveFile({ name: this.fileName('png'), content });
  }

  /** "growing loss.png": the config's name without its endings, and the chart. */
  private fileName(ending: 'png' | 'csv'): string {
    const { run, memory } = this.shown();
    const config = (run?.config.split(/[\\/]/).at(-1) ?? '').replace(/(\.gradwatch)?\.jsonc?$/, '').replace(/[^\w-]+/g, ' ');
    const metric = this.chart === 'heat' || this.chart === 'layers' ? ` ${memory.metric}` : '';
    return `${config} ${CHART_TITLES[this.chart].toLowerCase()}${metric}.${ending}`.trim();
  }
}
