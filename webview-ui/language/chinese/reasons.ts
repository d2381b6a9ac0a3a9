import type { Words } from '../words.js';

/** Why a run is paused, and why it has this engine where nothing was measured. */
export const REASONS: Words = {
  'rolled back to step {0}': '已回退到第 {0} 步',
  'asked for by training.engine': '由 training.engine 指定',
  'WebAssembly with SIMD, built in: the fastest engine that needs no installation': '内置的 WebAssembly（含 SIMD）：无需安装的最快引擎',
};
