import { tf } from '../../tf.js';
import { isPerChannel, type Kernel, setKernel, sizeOf, stockKernel } from './host-arrays.js';

/** The fused kernels of tfjs. */
const FUSED = ['_FusedMatMul', 'FusedConv2D', 'FusedDepthwiseConv2D'] as const;

interface FusedInputs {
  bias?: tf.Tensor;
  preluActivationWeights?: tf.Tensor;
}

/**
 * The linear operation without bias, then bias and activation as operations of their own, where the fused kernels of wasm
 * fail: a bias that is not one value per channel (one for all, or of rank 2 and more, broadcast), which they refuse or read past
 * its end; and products of batches, where they add the bias once for every 48 entries of the inner dimension.
 */
export function registerFusedBias(): void {
  for (const name of FUSED) {
    const direct = stockKernel(name, 'wasm');
    setKernel(name, 'wasm', (args) => {
      const { bias } = args.inputs as FusedInputs;
      const channelsFirst = args.attrs.dataFormat === 'NCHW';
      const biasFits = isPerChannel(bias, channelsOf(name, args)) || channelsFirst;
      return biasFits && !(name === '_FusedMatMul' && isBatch(args)) ? direct(args) : apart(name, args);
    });
  }
}

/** What the output holds side by side: columns of a product, filters of a convolution, those of each channel of a depthwise one. */
function channelsOf(name: (typeof FUSED)[number], { inputs, attrs }: Parameters<Kernel>[0]): number | undefined {
  const { b, filter } = inputs;
  if (name === '_FusedMatMul') return b?.shape.at(attrs.transposeB === true ? -2 : -1);
  return name === 'FusedConv2D' ? filter?.shape[3] : sizeOf(filter?.shape.slice(2) ?? []);
}

function isBatch({ inputs }: Parameters<Kernel>[0]): boolean {
  return [inputs.a, inputs.b].some((factor) => tf.util.sizeFromShape(factor?.shape.slice(0, -2) ?? []) !== 1);
}

function apart(name: string, { inputs, attrs }: Parameters<Kernel>[0]): tf.TensorInfo {
  const { bias, preluActivationWeights, ...others } = inputs as unknown as FusedInputs & tf.NamedTensorMap;
  return tf.tidy(() => {
    const [kernel, more] = name === '_FusedMatMul' ? ['BatchMatMul', {}] : [name, { activation: 'linear' }];
    const linear = tf.engine().runKernel<tf.Tensor>(kernel, others, { ...attrs, ...more });
    const sum = bias === undefined ? linear : tf.add(linear, bias);
    return activated(sum, attrs.activation as string, preluActivationWeights, attrs.leakyreluAlpha as number);
  });
}

function activated(x: tf.Tensor, activation: string, slopes: tf.Tensor | undefined, slope: number): tf.Tensor {
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return tf.relu(x);
    case 'relu6':
      return tf.relu6(x);
    case 'elu':
      return tf.elu(x);
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'leakyrelu':
      return tf.leakyRelu(x, slope);
    case 'prelu':
      return tf.prelu(x, slopes as tf.Tensor);
    default:
      throw new Error(`The wasm engine has no fused activation ${activation}.`);
  }
}
