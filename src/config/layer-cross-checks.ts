import { formatPath, type ConfigPath } from './config-path.js';
import type { ConfigProblem } from './config-problem.js';
import { invalidAt } from './invalid-at.js';
import type { LayerConfig } from './layer-schema.js';

/** Widest layer: its bias alone would take 40 MB. */
const maxWidth = 1e7;

/** What can never run in a list of layers: repeated names, arguments that exclude each other. */
export function layerProblems(layers: readonly LayerConfig[]): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const names = new Map<string, number>();
  layers.forEach((layer, index) => {
    const path: ConfigPath = ['model', 'layers', index];
    if (layer.name !== undefined) {
      const first = names.get(layer.name);
      if (first !== undefined) {
        const message = `model.layers[${index}] has the name of model.layers[${first}], "${layer.name}".`;
        problems.push(invalidAt([...path, 'name'], message, 'Give each layer a name of its own.'));
      } else names.set(layer.name, index);
    }
    problems.push(...argumentProblems(layer, path));
    if (layer.type === 'bidirectional' || layer.type === 'timeDistributed') {
      problems.push(...argumentProblems(layer.layer, [...path, 'layer']));
    }
  });
  return problems;
}

function argumentProblems(layer: LayerConfig, path: ConfigPath): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const where = formatPath(path);
  for (const [key, value] of Object.entries(layer) as [string, unknown][]) {
    const at = [...path, key];
    if (isWidth(key) && typeof value === 'number' && value > maxWidth) {
      problems.push(invalidAt(at, `${formatPath(at)} is ${value}, wider than any memory.`, `Write a number up to ${maxWidth}.`));
    }
    problems.push(...orderProblems(value, at));
  }
  if ('dilationRate' in layer && layer.dilationRate !== undefined && above1(layer.dilationRate) && above1(layer.strides)) {
    const message = `${where} has both "strides" and "dilationRate" above 1, which no convolution can compute.`;
    problems.push(invalidAt([...path, 'dilationRate'], message, 'Set one of the two to 1.', 'key'));
  }
  if (layer.type === 'permute' && !isPermutation(layer.dims)) {
    const message = `${where}.dims is no order of the axes 1 to ${layer.dims.length}.`;
    problems.push(invalidAt([...path, 'dims'], message, `Name each of the axes 1 to ${layer.dims.length} once.`));
  }
  return problems;
}

/** Limits of initialisers and constraints in the wrong order. */
function orderProblems(value: unknown, path: ConfigPath): ConfigProblem[] {
  if (typeof value !== 'object' || value === null) return [];
  const limits = value as Record<string, unknown>;
  return (['minval/maxval', 'minValue/maxValue'] as const).flatMap((pair) => {
    const [low = '', high = ''] = pair.split('/');
    const [from, to] = [limits[low], limits[high]];
    if (typeof from !== 'number' || typeof to !== 'number' || from <= to) return [];
    const message = `${formatPath(path)} has "${low}" ${from} above "${high}" ${to}.`;
    return [invalidAt([...path, low], message, `Make "${low}" at most "${high}".`)];
  });
}

const isWidth = (key: string): boolean => key === 'units' || key === 'filters' || key === 'outputDim' || key === 'inputDim';

const above1 = (size: unknown): boolean => (Array.isArray(size) ? size.some((n) => n > 1) : typeof size === 'number' && size > 1);

const isPermutation = (dims: readonly number[]): boolean => [...dims].sort((a, b) => a - b).every((axis, index) => axis === index + 1);
