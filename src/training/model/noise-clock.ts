import { createRandom } from '../random.js';
import { tf } from '../tf.js';
import { firstOf, type Part, partsOf } from './layer-parts.js';
import { dropout, type Generator32, NOISE, smallFastCounting } from './noise-functions.js';

/**
 * The one source of randomness of dropout and noise layers: their masks are a pure function of (seed, layer, step), so
 * that a repeated step is the same step, and the next step has a new mask. (The seeded dropout of tfjs has one mask
 * for ever, the unseeded one another at each run.)
 */
export class NoiseClock {
  #step = 0;
  #draws = new Map<string, number>();

  constructor(readonly seed: number) {}

  /** Number of the update that the next training forward pass belongs to. */
  get step(): number {
    return this.#step;
  }

  /** Assign before every training forward pass, also to repeat a step. */
  set step(step: number) {
    this.#step = step;
    this.#draws.clear();
  }

  /** Makes the layers inside `layer` draw from this clock. `place` tells the layers of a model apart. */
  takeOver(layer: tf.layers.Layer, place: string | number): void {
    let noisy = false;
    for (const { part, path } of partsOf(layer)) {
      const key = [place, ...path].join('/');
      noisy = this.#takeOverPart(part, key) || noisy;
    }
    // A pass through the layer starts its draws anew; a layer inside a wrapper draws once per time step.
    if (noisy) {
      const call = layer.call.bind(layer);
      layer.call = (inputs, kwargs) => {
        this.#restart(String(place));
        return call(inputs, kwargs);
      };
    }
  }

  #takeOverPart(part: Part, key: string): boolean {
    const apply = NOISE[part.getClassName()];
    const { cell } = part;
    if (apply !== undefined) {
      const call = part.call.bind(part);
      const own = (part as { seed?: number }).seed;
      part.call = (inputs, kwargs) => {
        if (kwargs?.training !== true) return call(inputs, kwargs);
        return tf.tidy(() => apply(part, firstOf(inputs), this.#generator(key, own)));
      };
    }
    if (cell !== undefined) cell.dropoutFunc = (x, rate) => dropout(x, rate, x.shape, this.#generator(key));
    return apply !== undefined || cell !== undefined;
  }

  #restart(place: string): void {
    for (const key of this.#draws.keys()) if (key === place || key.startsWith(`${place}/`)) this.#draws.delete(key);
  }

  #generator(key: string, seed = this.seed): Generator32 {
    const draw = this.#draws.get(key) ?? 0;
    this.#draws.set(key, draw + 1);
    const source = createRandom(seed, 'noise', key, this.#step, draw);
    return smallFastCounting(...([0, 1, 2, 3].map(() => source.integer(2 ** 32)) as [number, number, number, number]));
  }
}
