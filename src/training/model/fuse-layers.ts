import { dense } from '../engine/simd/dense.js';
import type { KernelModule } from '../engine/simd/kernel-module.js';
import { gruSequence, lstmSequence } from '../engine/simd/recurrent.js';
import { kernelModule } from '../engine/simd/register-simd.js';
import { tf } from '../tf.js';
import { partsOf } from './layer-parts.js';

/** What this code reads of a recurrent layer of tfjs. */
interface RecurrentLayer extends tf.layers.Layer {
  cell: {
    units: number;
    useBias: boolean;
    dropout: number;
    recurrentDropout: number;
    activation: { getClassName(): string };
    recurrentActivation: { getClassName(): string };
    kernel: tf.LayerVariable;
    recurrentKernel: tf.LayerVariable;
    bias: tf.LayerVariable | null;
  };
  returnSequences: boolean;
  returnState: boolean;
  goBackwards: boolean;
}

const SEQUENCES = { LSTM: lstmSequence, GRU: gruSequence } as const;

/** What this code reads of a dense layer of tfjs. */
interface DenseLayer extends tf.layers.Layer {
  kernel: tf.LayerVariable;
  bias: tf.LayerVariable | null;
  activation: { getClassName(): string; apply(x: tf.Tensor): tf.Tensor } | null;
}

/**
 * Makes the dense layers inside `layer` run as one operation on our kernels, and its LSTM and GRU layers as one over the
 * whole sequence. Layers and calls they do not cover (other recurrent activations, recurrent dropout, masks, initial
 * states) stay with tfjs, step by step.
 */
export function fuseLayer(layer: tf.layers.Layer): void {
  const module = kernelModule();
  if (module === null) return;
  for (const { part } of partsOf(layer)) {
    const kind = part.getClassName();
    if (kind === 'Dense') fuseDense(part as unknown as DenseLayer);
    if (kind === 'LSTM' || kind === 'GRU') fuseSequence(module, part as unknown as RecurrentLayer, SEQUENCES[kind]);
  }
}

function fuseDense(layer: DenseLayer): void {
  const call = layer.call.bind(layer);
  const name = layer.activation?.getClassName() ?? 'linear';
  layer.call = (inputs, kwargs) => {
    const x = Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs;
    if (x.rank !== 2 || x.dtype !== 'float32' || tf.getBackend() !== 'wasm') return call(inputs, kwargs);
    return tf.tidy(() => {
      const y = dense(x, layer.kernel.read(), layer.bias === null ? null : layer.bias.read(), name === 'relu');
      return name === 'relu' || name === 'linear' || layer.activation === null ? y : layer.activation.apply(y);
    });
  };
}

function fuseSequence(module: KernelModule, layer: RecurrentLayer, sequence: typeof lstmSequence): void {
  const call = layer.call.bind(layer);
  const { cell } = layer;
  const hard = cell.recurrentActivation.getClassName() === 'hardSigmoid';
  const covered =
    (hard || cell.recurrentActivation.getClassName() === 'sigmoid') &&
    cell.activation.getClassName() === 'tanh' &&
    cell.units % 4 === 0 &&
    !(cell.dropout > 0 || cell.recurrentDropout > 0) &&
    !layer.returnState &&
    !layer.stateful;
  if (!covered) return;
  layer.call = (inputs, kwargs) => {
    const x = Array.isArray(inputs) ? inputs : [inputs];
    const plain = kwargs?.mask == null && kwargs?.initialState == null && x.length === 1 && x[0]?.dtype === 'float32';
    if (!plain || tf.getBackend() !== 'wasm') return call(inputs, kwargs);
    return sequence(
      module,
      {
        x: x[0] as tf.Tensor,
        wx: cell.kernel.read(),
        wh: cell.recurrentKernel.read(),
        bias: cell.bias === null || !cell.useBias ? undefined : cell.bias.read(),
      },
      { hard, sequence: layer.returnSequences, back: layer.goBackwards },
    );
  };
}
