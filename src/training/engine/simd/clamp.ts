import { type Inputs, isFloat, type Kernel, setKernel, sizeOf, stockKernel } from '../kernels/host-arrays.js';
import type { KernelModule } from './kernel-module.js';

/** ClipByValue and Relu6 of float32, NaN kept; integers stay with the kernel registered before. */
export function registerClamp(module: KernelModule): void {
  const clamped = (name: string, limits: (attrs: Record<string, unknown>) => [low: number, high: number]): void => {
    const before = stockKernel(name, 'wasm');
    const kernel: Kernel = (args) => {
      const { x } = args.inputs as Inputs<'x'>;
      if (!isFloat(x)) return before(args);
      const out = module.make(x.shape);
      module.kernels.clamp(module.address(out), module.address(x), ...limits(args.attrs), sizeOf(x.shape));
      return out;
    };
    setKernel(name, 'wasm', kernel);
  };
  clamped('ClipByValue', (attrs) => [Number(attrs['clipValueMin']), Number(attrs['clipValueMax'])]);
  clamped('Relu6', () => [0, 6]);
}
