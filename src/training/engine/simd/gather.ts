import type { tf } from '../../tf.js';
import { type Inputs, setKernel, sizeOf, stockKernel } from '../kernels/host-arrays.js';
import type { KernelModule } from './kernel-module.js';

/** Gather of float32 rows by int32 indices, and its gradient (UnsortedSegmentSum), each one pass; others stay with the kernel before. */
export function registerGather(module: KernelModule): void {
  const stockGather = stockKernel('GatherV2', 'wasm');
  setKernel('GatherV2', 'wasm', (args) => {
    const { x, indices } = args.inputs as Inputs<'x' | 'indices'>;
    const { axis = 0, batchDims = 0 } = args.attrs as { axis?: number; batchDims?: number };
    const rows = x.shape[0] ?? 0;
    if (axis !== 0 || batchDims !== 0 || x.dtype !== 'float32' || indices.dtype !== 'int32') return stockGather(args);
    const out = module.make([...indices.shape, ...x.shape.slice(1)]);
    const [to, from, ids] = [module.address(out), module.address(x), module.address(indices)];
    const wrong = module.kernels.gatherRows(to, from, ids, sizeOf(indices.shape), rows, sizeOf(x.shape.slice(1)));
    if (wrong === 0) return out;
    module.backend.disposeData(out.dataId);
    return stockGather(args);
  });
  const stockSum = stockKernel('UnsortedSegmentSum', 'wasm');
  setKernel('UnsortedSegmentSum', 'wasm', (args) => {
    const { x, segmentIds } = args.inputs as Inputs<'x' | 'segmentIds'>;
    if (x.dtype !== 'float32' || segmentIds.dtype !== 'int32') return stockSum(args);
    const segments = args.attrs.numSegments as number;
    const inner: number[] = x.shape.slice(segmentIds.shape.length);
    const out: tf.TensorInfo = module.make([segments, ...inner]);
    const [to, from, ids] = [module.address(out), module.address(x), module.address(segmentIds)];
    module.kernels.scatterAdd(to, from, ids, sizeOf(segmentIds.shape), segments, sizeOf(inner));
    return out;
  });
}
