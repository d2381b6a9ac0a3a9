import type { ConfigPath } from './config-path.js';

/** Where the keys stand that a training can take on while it runs. Everything below such a path is one too; * is any index. */
const LIVE_PATHS: readonly (readonly string[])[] = [
  ['training', 'gradientClip'],
  ['training', 'optimizer', 'learningRate'],
  ['training', 'learningRateSchedule'],
  ['model', 'regularization'],
  ['model', 'layers', '*', 'kernelRegularizer'],
  ['model', 'layers', '*', 'recurrentRegularizer'],
  ['model', 'layers', '*', 'depthwiseRegularizer'],
  ['model', 'layers', '*', 'pointwiseRegularizer'],
];

/** What can be changed live, in words. */
export const LIVE_KEYS = 'gradient clipping, the learning rate, its schedule, and L1 and L2 penalties';

/** Whether a change of this key can be applied to a running training. */
export function isLivePath(path: ConfigPath): boolean {
  return LIVE_PATHS.some((live) => path.length >= live.length && live.every((part, i) => part === '*' || part === path[i]));
}
