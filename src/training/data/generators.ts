import type { GeneratorConfig } from '../../config/data-schema.js';
import { createRandom, type Random } from '../random.js';
import { sourceFromArrays } from './array-source.js';
import { blobs, circles, moons, randomLabels, spiral, squares, xor } from './generate-classes.js';
import { adding, line, regression, uniform } from './generate-numbers.js';
import type { Formula } from './generator-formula.js';
import { sizeOf, type Source } from './source.js';

/**
 * Makes the rows of a generator. Class labels are whole numbers from 0; classes take turns over the rows (row i has
 * class i mod classes), so that every slice of the rows is balanced. The same seed gives the same rows everywhere.
 * Throws AppError `config-invalid` for arguments that give no rows or too many.
 */
export function generateRows(config: GeneratorConfig): Source {
  const formula = formulaOf(config, createRandom(config.seed, 'generator', config.name));
  const { rows, shape } = formula;
  const width = sizeOf(shape);
  const x = new Float64Array(rows * width);
  const y = new Float64Array(rows);
  for (let i = 0; i < rows; i++) y[i] = formula.row(i, x.subarray(i * width, (i + 1) * width));
  const array = (values: Float64Array, rowShape: number[]) => ({ shape: [rows, ...rowShape], values, categories: null, boolean: false });
  return sourceFromArrays(array(x, shape), array(y, [1]), { x: 'x', y: 'y', place: { path: ['data', 'generator'] } });
}

function formulaOf(config: GeneratorConfig, random: Random): Formula {
  switch (config.name) {
    case 'circles':
      return circles(config, random);
    case 'blobs':
      return blobs(config, random);
    case 'moons':
      return moons(config, random);
    case 'spiral':
      return spiral(config, random);
    case 'xor':
      return xor(config);
    case 'linear':
      return line(config, (x) => config.slope * x + config.intercept, config.noise, random);
    case 'polynomial':
      return line(config, (x) => config.coefficient * x ** config.degree, config.noise, random);
    case 'regression':
      return regression(config, random);
    case 'uniform':
      return uniform(config, random);
    case 'squares':
      return squares(config, random);
    case 'adding':
      return adding(config, random);
    case 'randomLabels':
      return randomLabels(config, random);
  }
}
