import type { ArchitectureLayer, LayerInfo, LayerStats } from '../../telemetry/events.js';
import { SOME_RISK } from '../risk-levels.js';

/*
 * Shares of units that no longer work, read from the outputs of the layers on a sample of training rows: a unit that is never
 * positive behind a ReLU passes no gradient, a sigmoid or tanh whose input is beyond 5 passes less than 0.7 % of it.
 */

/** Where an activation is read, and whose units it speaks of. */
export interface ActivationTap {
  /** Name of the layer whose output is read. */
  output: string;
  /** Index of the layer with weights these units belong to, in the layers of the frames. */
  owner: number;
  kind: 'rectified' | 'sigmoid' | 'tanh';
}

export type Activity = Pick<LayerStats, 'dead' | 'saturated'>;

const KINDS: Readonly<Record<string, ActivationTap['kind']>> = { relu: 'rectified', relu6: 'rectified', sigmoid: 'sigmoid', tanh: 'tanh' };
/** Their output is not their activation (gates), or the last of many steps. */
const GATED: ReadonlySet<string> = new Set(['lstm', 'gru', 'bidirectional']);
const RECURRENT: ReadonlySet<string> = new Set(['simpleRNN']);

/**
 * The activations worth reading, from input to output. An activation layer (behind a normalisation, say) belongs to the last
 * layer with weights before it. The output of the net is left out: a confident classifier is saturated there.
 */
export function activationTaps(architecture: readonly ArchitectureLayer[], layers: readonly LayerInfo[]): ActivationTap[] {
  const taps: ActivationTap[] = [];
  let owner = -1;
  for (const layer of architecture) {
    const index = layers.findIndex(({ name }) => name === layer.name);
    if (index >= 0) owner = index;
    const kind = KINDS[layer.activation ?? (layer.type === 'reLU' ? 'relu' : '')];
    const misread = GATED.has(layer.type) || (kind === 'rectified' && RECURRENT.has(layer.type));
    if (kind !== undefined && owner >= 0 && !misread) taps.push({ output: layer.name, owner, kind });
  }
  return taps.filter((tap) => tap.owner < layers.length - 1);
}

/** sigmoid(5) and tanh(5): what an input beyond 5 puts out at least. */
const SIGMOID_LIMIT = 1 / (1 + Math.exp(-5));
const TANH_LIMIT = Math.tanh(5);

/** Shares over outputs [..., units], row-major. What is not finite is neither dead nor saturated. */
export function activityOf(kind: ActivationTap['kind'], outputs: Float32Array, units: number): Activity {
  if (kind === 'rectified') return { dead: deadShare(outputs, units) };
  return { saturated: kind === 'sigmoid' ? shareBeyond(outputs, 0.5, SIGMOID_LIMIT - 0.5) : shareBeyond(outputs, 0, TANH_LIMIT) };
}

/** Share of the units that are not above 0 anywhere. */
function deadShare(outputs: Float32Array, units: number): number {
  let alive = 0;
  for (let unit = 0; unit < units; unit++) {
    // Most units are seen alive within a few rows.
    let i = unit;
    while (i < outputs.length && (outputs[i] as number) <= 0) i += units;
    if (i < outputs.length) alive += 1;
  }
  return 1 - alive / units;
}

function shareBeyond(outputs: Float32Array, centre: number, limit: number): number {
  let beyond = 0;
  for (let i = 0; i < outputs.length; i++) if (Math.abs((outputs[i] as number) - centre) > limit) beyond += 1;
  return outputs.length === 0 ? 0 : beyond / outputs.length;
}

/** Rows the probe looks at: a unit that is active on one of 30 rows is seen with 63 %. */
export const ACTIVITY_ROWS = 32;
const INTERVAL = 128;
const RISK_INTERVAL = 16;

/**
 * Whether to look at this sampled step, when the last look was at step `last`: at first, at doubling distances, then every 128
 * steps; every 16 while there is risk.
 */
export function activityDue(step: number, last: number | null, risk: number): boolean {
  if (last === null) return true;
  return step - last >= Math.min(risk >= SOME_RISK ? RISK_INTERVAL : INTERVAL, Math.max(1, last));
}

/** Puts the shares of a probe into the statistics of its layers; of two activations of one layer the worse counts. */
export function withActivity(layers: LayerStats[], activity: readonly (Activity | undefined)[]): LayerStats[] {
  return activity.length === 0 ? layers : layers.map((stats, i) => ({ ...stats, ...activity[i] }));
}

/** Joins what two activations of one layer say. */
export function joinActivity(a: Activity | undefined, b: Activity): Activity {
  const joined: Activity = { ...a, ...b };
  if (a?.dead !== undefined && b.dead !== undefined) joined.dead = Math.max(a.dead, b.dead);
  if (a?.saturated !== undefined && b.saturated !== undefined) joined.saturated = Math.max(a.saturated, b.saturated);
  return joined;
}
