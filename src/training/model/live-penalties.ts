import { AppError } from '../../config/app-error.js';
import type { Config } from '../../config/config-schema.js';
import type { RegularizerConfig } from '../../config/layer-parts-schema.js';
import type { LayerConfig } from '../../config/layer-schema.js';
import type { ArchitectureLayer } from '../../telemetry/events.js';
import { tf } from '../tf.js';
import { KERNEL_PENALTIES } from './layer-arguments.js';
import type { Part } from './layer-parts.js';

/** The penalty of tfjs, whose strengths are read at each call. */
interface L1L2 extends RegularizerConfig {
  hasL1: boolean;
  hasL2: boolean;
  apply(weight: tf.Tensor): tf.Scalar;
}

interface Owner extends Record<string, unknown> {
  kernel?: tf.LayerVariable;
}

const WRAPPERS: ReadonlySet<string> = new Set(['bidirectional', 'timeDistributed']);

/**
 * Gives the kernels of a built model the L1 and L2 penalties of a config that differs from its own in nothing else. The
 * weights stay as they are.
 *
 * @throws AppError `arguments` for a model whose layers the config does not describe one by one; nothing is changed then
 */
export function setPenalties(model: tf.LayersModel, config: Config['model'], architecture: readonly ArchitectureLayer[]): void {
  const { layers, regularization } = config;
  if (layers === undefined || layers.some(({ type }) => WRAPPERS.has(type))) {
    const message = 'The penalties of this model cannot be changed while it trains: not all of its kernels are described in model.layers.';
    throw new AppError('arguments', message, 'Write them to the config and train again.', { path: ['model'] });
  }
  layers.forEach((layer, index) => {
    const name = architecture.find(({ configIndex }) => configIndex === index)?.name;
    const built = name === undefined ? undefined : model.layers.find((candidate) => candidate.name === name);
    for (const key of KERNEL_PENALTIES[layer.type] ?? []) {
      if (built !== undefined) setPenalty(built, key, strengthsOf(layer, key) ?? regularization);
    }
  });
}

function strengthsOf(layer: LayerConfig, key: string): RegularizerConfig | undefined {
  return (layer as unknown as Partial<Record<string, RegularizerConfig>>)[key];
}

function setPenalty(layer: Part, key: string, { l1, l2 }: RegularizerConfig): void {
  const owner = (layer.cell ?? layer) as unknown as Owner;
  const present = owner[key] as L1L2 | null | undefined;
  if (present !== null && present !== undefined) Object.assign(present, { l1, l2, hasL1: l1 !== 0, hasL2: l2 !== 0 });
  else if (l1 !== 0 || l2 !== 0) {
    const penalty = tf.regularizers.l1l2({ l1, l2 }) as unknown as L1L2;
    const name = key.replace('Regularizer', '');
    const weight = (owner[name] ?? owner[`${name}Kernel`]) as tf.LayerVariable;
    owner[key] = penalty;
    layer.addLoss(() => penalty.apply(weight.read()));
  }
}
