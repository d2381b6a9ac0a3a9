/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops' bounds keep the indices inside the arrays */
import { allocate, floats, type Inputs, type Kernel, setKernel, stockKernel } from './host-arrays.js';

/**
 * ResizeNearestNeighborGrad: dx[source pixel of (oy, ox)] += dy[oy, ox].
 *
 * images [batch, height, width, channels], dy [batch, newHeight, newWidth, channels]. The source pixel is that of the
 * forward kernel: floor (round where corners are aligned) of (o [+ 0.5 with half pixel centres]) * height / newHeight.
 * The kernel of tfjs-cpu takes the wrong stride between the images of a batch.
 */
const resizeNearestNeighborGrad: Kernel = ({ inputs, attrs, backend }) => {
  const { images, dy } = inputs as Inputs<'images' | 'dy'>;
  const [batch, height, width, channels] = images.shape as [number, number, number, number];
  const [, newHeight, newWidth] = dy.shape as [number, number, number, number];
  const dx = allocate(backend, images.shape);
  const from = floats(backend, dy);
  const to = floats(backend, dx);
  const rows = sources(height, newHeight, attrs.alignCorners === true, attrs.halfPixelCenters === true);
  const columns = sources(width, newWidth, attrs.alignCorners === true, attrs.halfPixelCenters === true);
  for (let b = 0, at = 0; b < batch; b++) {
    for (let oy = 0; oy < newHeight; oy++) {
      for (let ox = 0; ox < newWidth; ox++, at += channels) {
        const pixel = ((b * height + rows[oy]!) * width + columns[ox]!) * channels;
        for (let c = 0; c < channels; c++) to[pixel + c]! += from[at + c]!;
      }
    }
  }
  return dx;
};

/** Index of the old pixel for each new one, along one axis. */
function sources(size: number, newSize: number, alignCorners: boolean, halfPixelCenters: boolean): Int32Array {
  const scale = alignCorners && newSize > 1 ? (size - 1) / (newSize - 1) : size / newSize;
  return Int32Array.from({ length: newSize }, (_, i) => {
    const at = scale * (halfPixelCenters ? i + 0.5 : i);
    return Math.max(0, Math.min(size - 1, alignCorners ? Math.round(at) : Math.floor(at)));
  });
}

export function registerResizeGradient(): void {
  // The stock bilinear gradient computes the right values, and swaps height and width in the shape it reports.
  const bilinear = stockKernel('ResizeBilinearGrad', 'cpu');
  setKernel('ResizeBilinearGrad', 'cpu', (args) => ({ ...bilinear(args), shape: [...(args.inputs as Inputs<'images'>).images.shape] }));
  setKernel('ResizeNearestNeighborGrad', 'cpu', resizeNearestNeighborGrad);
}
