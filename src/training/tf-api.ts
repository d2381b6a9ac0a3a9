// What the `tf` namespace of src/training/tf.ts holds: the same names as the package `@tensorflow/tfjs`, without its banner,
// its data and converter parts. Import from tf.ts, not from here.
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
export * from '@tensorflow/tfjs-core';
export * from '@tensorflow/tfjs-layers';
