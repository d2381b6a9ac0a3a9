import { formatPath, type ConfigPath } from './config-path.js';
import type { ConfigProblem } from './config-problem.js';
import type { Config } from './config-schema.js';
import type { GeneratorConfig } from './data-schema.js';
import { layerProblems } from './layer-cross-checks.js';
import { invalidAt } from './invalid-at.js';

const DATA_FILES = ['.csv', '.tsv', '.json', '.jsonl', '.npy', '.npz', '.parquet'];
/** Most values a generator makes, rows times columns: 400 MB as float32. */
const maxGeneratedValues = 1e8;
/** Largest float32; what is computed with would become Infinity beyond. */
const maxFloat32 = 3.4028234663852886e38;

/** What the schema allows and yet can never run: checks across keys, on a config with its defaults. */
export function crossProblems(config: Config, raw: unknown): ConfigProblem[] {
  return [...dataProblems(config), ...layerProblems(config.model.layers ?? []), ...hugeNumbers(raw)];
}

function dataProblems({ data }: Config): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (data.generator !== undefined) problems.push(...generatorProblems(data.generator));
  if (data.inline !== undefined && data.inline.x.length !== data.inline.y.length) {
    const { x, y } = data.inline;
    const message = `data.inline has ${x.length} rows in "x" but ${y.length} in "y".`;
    problems.push(invalidAt(['data', 'inline'], message, 'Give as many targets as inputs.', 'key'));
  }
  if (data.file !== undefined) {
    const name = data.file.toLowerCase();
    if (!DATA_FILES.some((extension) => name.endsWith(extension))) {
      const message = `data.file is of no known kind: "${data.file.slice(-80)}".`;
      problems.push(invalidAt(['data', 'file'], message, `Name a file ending in ${DATA_FILES.join(', ')}.`));
    } else if (typeof data.target === 'object' && !Array.isArray(data.target) && !name.endsWith('.npz')) {
      const message = 'data.target names the arrays of an .npz file, but data.file is none.';
      problems.push(invalidAt(['data', 'target'], message, 'Write the name of the target column.'));
    }
  }
  return problems;
}

function generatorProblems(generator: GeneratorConfig): ConfigProblem[] {
  const at: ConfigPath = ['data', 'generator'];
  const problems: ConfigProblem[] = [];
  const ordered = (low: string, lowValue: number, high: string, highValue: number): void => {
    if (lowValue <= highValue) return;
    const message = `data.generator.${low} is ${lowValue}, which is above "${high}", ${highValue}.`;
    problems.push(invalidAt([...at, low], message, `Make "${low}" at most "${high}".`));
  };
  if (generator.name === 'linear' || generator.name === 'polynomial') ordered('from', generator.from, 'to', generator.to);
  if (generator.name === 'uniform' || generator.name === 'randomLabels') ordered('low', generator.low, 'high', generator.high);
  if (generator.name === 'uniform' && generator.coefficients !== undefined && generator.coefficients.length !== generator.features) {
    const { coefficients, features } = generator;
    const message = `data.generator.coefficients has length ${coefficients.length}, but "features" is ${features}.`;
    problems.push(invalidAt([...at, 'coefficients'], message, 'Give one coefficient for each feature, or set "features" to their number.'));
  }
  const values = generatedValues(generator);
  if (!(values <= maxGeneratedValues)) {
    const message = `data.generator would make ${values.toExponential(1)} values, more than the ${maxGeneratedValues.toExponential()} that are allowed.`;
    problems.push(invalidAt(at, message, 'Make fewer rows or columns.', 'key'));
  }
  return problems;
}

/** Rows times input columns. */
function generatedValues(generator: GeneratorConfig): number {
  if (generator.name === 'linear' || generator.name === 'polynomial') return (generator.to - generator.from) / generator.step + 1;
  if (generator.name === 'xor') return generator.rows * 2;
  if (generator.name === 'adding') return generator.samples * generator.length * 2;
  const columns = 'features' in generator ? generator.features : 2;
  const classes = generator.name === 'blobs' ? generator.centers : 1;
  return Math.max(generator.samples, classes) * columns;
}

/** Numbers that do not fit float32, in which everything is computed. */
function hugeNumbers(raw: unknown): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const visit = (value: unknown, path: ConfigPath): void => {
    if (typeof value === 'number' && Math.abs(value) > maxFloat32) {
      const message = `${formatPath(path)} is ${value}, which does not fit the 32-bit numbers training computes with.`;
      problems.push(invalidAt(path, message, 'Write a number between -3.4e38 and 3.4e38.'));
    } else if (Array.isArray(value)) {
      value.forEach((entry, index) => {
        if (typeof entry === 'object' || (typeof entry === 'number' && Math.abs(entry) > maxFloat32)) visit(entry, [...path, index]);
      });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, entry] of Object.entries(value)) visit(entry, [...path, key]);
    }
  };
  visit(raw, []);
  return problems;
}
