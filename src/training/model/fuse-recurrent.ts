import { type ActivationKind, isActivationKind } from '../engine/simd/activation-kinds.js';
import { gruSequence } from '../engine/simd/gru-sequence.js';
import type { KernelModule } from '../engine/simd/kernel-module.js';
import { lstmSequence } from '../engine/simd/lstm-sequence.js';
import { simpleRnnSequence } from '../engine/simd/simple-rnn-sequence.js';
import { tf } from '../tf.js';

/** What this code reads of a recurrent layer of tfjs. */
export interface RecurrentLayer extends tf.layers.Layer {
  cell: {
    units: number;
    useBias: boolean;
    dropout: number;
    recurrentDropout: number;
    activation: { getClassName(): string };
    /** Of the gates; a simple layer has none. */
    recurrentActivation?: { getClassName(): string };
    kernel: tf.LayerVariable;
    recurrentKernel: tf.LayerVariable;
    bias: tf.LayerVariable | null;
  };
  returnSequences: boolean;
  returnState: boolean;
  goBackwards: boolean;
}

const SEQUENCES = { LSTM: lstmSequence, GRU: gruSequence, SimpleRNN: simpleRnnSequence } as const;

export const isRecurrent = (kind: string): kind is keyof typeof SEQUENCES => kind in SEQUENCES;

/**
 * Makes a recurrent layer one operation over the whole sequence. What our kernels do not cover stays with tfjs, step by
 * step, and is told to `note`.
 */
export function fuseSequence(
  module: KernelModule,
  layer: RecurrentLayer,
  kind: keyof typeof SEQUENCES,
  note: (reason: string) => void,
): void {
  const reason = uncovered(layer);
  if (reason !== null) return note(stepByStep(reason));
  const call = layer.call.bind(layer);
  const { cell } = layer;
  const gate = gateOf(layer) as ActivationKind;
  const activation = cell.activation.getClassName() as ActivationKind;
  layer.call = (inputs, kwargs) => {
    if (tf.getBackend() !== 'wasm') return call(inputs, kwargs);
    const x = Array.isArray(inputs) ? inputs : [inputs];
    const hindrance = hindranceOf(x, kwargs);
    if (hindrance !== null) {
      note(stepByStep(hindrance));
      return call(inputs, kwargs);
    }
    return SEQUENCES[kind](
      module,
      {
        x: x[0] as tf.Tensor,
        wx: cell.kernel.read(),
        wh: cell.recurrentKernel.read(),
        bias: cell.bias === null || !cell.useBias ? undefined : cell.bias.read(),
      },
      { gate, activation, sequence: layer.returnSequences, back: layer.goBackwards },
    );
  };
}

export const stepByStep = (reason: string): string => `goes step by step: ${reason}`;

/** Of a simple layer, which has no gates, linear. */
function gateOf({ cell }: RecurrentLayer): string {
  return cell.recurrentActivation?.getClassName() ?? 'linear';
}

/** Why no call of this layer is covered; null where calls are. */
function uncovered(layer: RecurrentLayer): string | null {
  const { cell, returnState, stateful } = layer;
  const unknown = [gateOf(layer), cell.activation.getClassName()].find((name) => !isActivationKind(name));
  if (unknown !== undefined) return `the activation ${unknown}`;
  if (cell.recurrentDropout > 0) return 'recurrentDropout';
  if (cell.dropout > 0) return 'dropout inside the layer';
  if (returnState) return 'it puts out its state';
  return stateful ? 'it keeps its state' : null;
}

/** Why this call is not covered. */
function hindranceOf(x: readonly tf.Tensor[], kwargs: { mask?: unknown; initialState?: unknown } | undefined): string | null {
  if (kwargs?.mask != null) return 'a mask (maskZero of the embedding before it)';
  if (kwargs?.initialState != null || x.length !== 1) return 'an initial state';
  return x[0]?.dtype === 'float32' ? null : `${x[0]?.dtype ?? 'unknown'} input, not float32`;
}
