import type { ConfigEdit, ConfigPath } from '../config/config-path.js';
import type { Config } from '../config/config-schema.js';

export type Penalty = 'l1' | 'l2';

/**
 * Edits that put a penalty on every kernel: model.regularization serves each kernel without a regularizer of its own, and
 * those with an own one lacking this penalty get it there. Empty where every kernel has it already.
 */
export function penaltyEdits(config: Config, penalty: Penalty, value: number): ConfigEdit[] {
  const layers = config.model.layers ?? [];
  const own: ConfigPath[] = layers.flatMap((layer, index) => {
    const regularizer = 'kernelRegularizer' in layer ? layer.kernelRegularizer : undefined;
    return regularizer !== undefined && regularizer[penalty] === 0 ? [['model', 'layers', index, 'kernelRegularizer', penalty]] : [];
  });
  const withKernel = layers.filter((layer) => 'kernelInitializer' in layer || 'units' in layer || 'filters' in layer);
  const shared =
    config.model.layers === undefined || withKernel.some((l) => !('kernelRegularizer' in l) || l.kernelRegularizer === undefined);
  const edits: ConfigEdit[] = own.map((path) => ({ path, value }));
  if (shared && config.model.regularization[penalty] === 0) edits.unshift({ path: ['model', 'regularization', penalty], value });
  return edits;
}

/** A running trainer can take on penalties where the config describes every kernel as a layer of its own. */
export function canPenaliseLive({ model }: Config): boolean {
  return model.layers?.every(({ type }) => type !== 'bidirectional' && type !== 'timeDistributed') ?? false;
}
