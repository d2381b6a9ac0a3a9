/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops' bounds keep the indices inside the arrays */
import { allocate, floats, type HostArray, type HostEngine, type Inputs, integers, type Kernel, setKernel } from './host-arrays.js';

/**
 * UnsortedSegmentSum: out[s, :] = sum over i with ids[i] = s of x[i, :]; the gradient of a gather (embedding).
 *
 * x [...ids.shape, ...inner], ids int32, out [numSegments, ...inner]. Ids outside 0..numSegments-1 are left out, as
 * TensorFlow does. One pass, O(size of x); the kernel of tfjs-cpu is O(numSegments * size), tfjs-wasm has none.
 */
const unsortedSegmentSum: Kernel = ({ inputs, attrs, backend }) => {
  const { x, segmentIds } = inputs as Inputs<'x' | 'segmentIds'>;
  const segments = attrs.numSegments as number;
  const out = allocate(backend, [segments, ...x.shape.slice(segmentIds.shape.length)], x.dtype === 'int32' ? 'int32' : 'float32');
  const read = x.dtype === 'int32' ? integers : floats;
  scatterAdd(read(backend, x), integers(backend, segmentIds), read(backend, out), segments);
  return out;
};

function scatterAdd(x: HostArray, ids: Int32Array, out: HostArray, segments: number): void {
  const inner = ids.length === 0 ? 0 : x.length / ids.length;
  for (let i = 0; i < ids.length; i++) {
    const segment = ids[i]!;
    if (segment < 0 || segment >= segments) continue;
    const to = segment * inner;
    const from = i * inner;
    for (let j = 0; j < inner; j++) out[to + j]! += x[from + j]!;
  }
}

export function registerSegmentSum(engine: HostEngine): void {
  setKernel('UnsortedSegmentSum', engine, unsortedSegmentSum);
}
