import { registerGradients } from './gradients.js';
import { registerArgumentChecks } from './kernels/argument-checks.js';
import { registerDepthwiseGradient } from './kernels/depthwise-gradient.js';
import { registerEinsum } from './kernels/einsum.js';
import { registerFusedBias } from './kernels/fused-bias.js';
import type { HostEngine } from './kernels/host-arrays.js';
import { registerIntegerProduct } from './kernels/integer-product.js';
import { registerNaNKeeping } from './kernels/nan-keeping.js';
import { registerPooling } from './kernels/pooling.js';
import { registerResizeGradient } from './kernels/resize-gradient.js';
import { registerSegmentSum } from './kernels/segment-sum.js';
import { registerSimd } from './simd/register-simd.js';

const done = new Set<HostEngine>();

/**
 * Registers the gradients of ours, and the kernels an engine needs, once per process. The engine must have been started.
 * Starting tensorflow overwrites the gradients and the kernels of cpu: those are registered again when next asked for.
 */
export function registerKernels(engine: HostEngine | 'tensorflow'): void {
  if (engine === 'tensorflow') {
    done.delete('cpu');
    registerGradients();
    return;
  }
  if (done.has(engine)) return;
  done.add(engine);
  registerGradients();
  registerSegmentSum(engine);
  registerPooling(engine);
  if (engine === 'cpu') {
    registerDepthwiseGradient();
    registerResizeGradient();
    return;
  }
  registerIntegerProduct();
  registerNaNKeeping();
  registerSimd();
  registerFusedBias();
  registerEinsum();
  registerArgumentChecks();
}
