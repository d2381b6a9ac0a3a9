import type { tf } from '../tf.js';
import type { Fallbacks } from './fallbacks.js';
import { foldTime } from './fold-time.js';
import { fuseLayer } from './fuse-layers.js';
import { addRecurrentPenalties } from './layer-parts.js';
import type { NoiseClock } from './noise-clock.js';

/**
 * Makes a built layer ours: its penalties whole, its time folded, its calls on our kernels (or noted in `fallbacks`), and last its
 * noise from the clock, so that a call of the layer restarts its draws. `place` tells the layers of a model apart.
 */
export function finishLayer(layer: tf.layers.Layer, place: number, noise: NoiseClock, fallbacks: Fallbacks): void {
  addRecurrentPenalties(layer);
  foldTime(layer);
  fuseLayer(layer, fallbacks);
  noise.takeOver(layer, place);
}
