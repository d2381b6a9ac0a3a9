import { ABSENT } from '../../src/telemetry/frame-batch.js';
import type { RunView } from '../run/dashboard-state.js';
import { SHOWN_METRICS, type NetSeries, type ShownMetric } from '../run/run-store.js';
import type { StepWindow } from '../run/step-window.js';
import { layerName } from './layer-lines.js';
import { say } from '../language/language.js';

/** The charts of the page, by the name of their track. */
export const CHARTS = ['risk', 'loss', 'rate', 'norm', 'heat', 'layers'] as const;
export type ChartKey = (typeof CHARTS)[number];

export const CHART_TITLES: Record<ChartKey, string> = {
  risk: say('Risk'),
  loss: say('Loss'),
  rate: say('Learning rate'),
  norm: say('Gradient norm'),
  heat: say('Layers'),
  layers: say('By layer'),
};

/** A column of a chart's data. */
export interface DataColumn {
  /** In files and on the clipboard: the same in every language, for those who read them by program. */
  name: string;
  /** On the page. */
  title: string;
  /** Of a layer: the metric it is. */
  metric?: ShownMetric;
  at: (row: number) => number;
}

const NET_COLUMNS: Record<'risk' | 'loss' | 'rate' | 'norm', [string, NetSeries, string][]> = {
  risk: [['risk', 'risk', say('risk')]],
  loss: [['loss', 'loss', say('loss')]],
  rate: [['learning rate', 'learningRate', say('learning rate')]],
  norm: [
    ['gradient norm', 'globalGradNorm', say('gradient norm')],
    ['after clipping', 'clippedGradNorm', say('after clipping')],
  ],
};

/** The numbers a chart is drawn from. Layers: the metric on show of each. */
export function chartColumns(run: RunView, chart: ChartKey, metric: ShownMetric, layers: readonly number[]): DataColumn[] {
  const { store } = run;
  if (chart === 'heat' || chart === 'layers')
    return layers.map((l) => {
      const name = layerName(run, l);
      return { name, title: name, metric, at: (row) => store.layer(metric, l)[row] as number };
    });
  return NET_COLUMNS[chart].map(([name, series, title]) => ({ name, title, at: (row) => store.series(series)[row] as number }));
}

/** Everything the charts of the net show, in one row. */
export function netColumns(run: RunView): DataColumn[] {
  return (['loss', 'rate', 'norm', 'risk'] as const).flatMap((chart) => chartColumns(run, chart, 'gradNorm', []));
}

/** Columns with the rows of a window as comma-separated values: step, epoch, then a column each; full precision, empty where not measured. */
export function csvOf({ store }: RunView, columns: readonly DataColumn[], { from, to }: StepWindow): string {
  const lines = [['step', 'epoch', ...columns.map(({ name }) => quoted(name))].join(',')];
  const end = store.rowsBefore(to + 1);
  for (let row = store.rowsBefore(from); row < end; row++)
    lines.push([store.step[row], store.epoch[row], ...columns.map((column) => plain(column.at(row)))].join(','));
  return `${lines.join('\r\n')}\r\n`;
}

/** The values at one row, for the clipboard: name and value by tabs; then a table of the layers with every metric. */
export function readingTsv(run: RunView, row: number): string {
  const { store } = run;
  const lines = [['step', store.step[row]], ...netColumns(run).map(({ name, at }) => [name, plain(at(row))])];
  const layers = Array.from({ length: store.layerCount }, (_, l) => [
    layerName(run, l),
    ...SHOWN_METRICS.map((metric) => plain(store.layer(metric, l)[row] as number)),
  ]);
  return [...lines, ['layer', ...SHOWN_METRICS], ...layers].map((cells) => cells.join('\t')).join('\n');
}

function plain(value: number): string {
  return value === ABSENT ? '' : String(value);
}

function quoted(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
