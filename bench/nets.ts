/** A net of the benchmarks: the model and the training of a Gradwatch config, and the shape of its rows. */
export interface BenchNet {
  title: string;
  layers: Record<string, unknown>[];
  /** Shape of one row of inputs; normal numbers, or integers below `vocabulary`. */
  inputShape: number[];
  vocabulary?: number;
  /** Classes of the target; 1 where it is a number. */
  outputs: number;
  batchSize: number;
  /** Steps of one turn: long enough to be timed, short enough to take turns often. */
  steps: number;
}

/** Every net trains with Adam at 0.001; classes by cross-entropy, numbers by squared error. bench/peers has the same ones in Python. */
export const NETS: Record<string, BenchNet> = {
  a: {
    title: 'MLP 10-64-64-1, batch 32',
    layers: [
      { type: 'dense', units: 64, activation: 'relu' },
      { type: 'dense', units: 64, activation: 'relu' },
      { type: 'dense', units: 1 },
    ],
    inputShape: [10],
    outputs: 1,
    batchSize: 32,
    steps: 1500,
  },
  b: {
    title: 'MLP 784-512-512-10, batch 128',
    layers: [
      { type: 'dense', units: 512, activation: 'relu' },
      { type: 'dense', units: 512, activation: 'relu' },
      { type: 'dense', units: 10, activation: 'softmax' },
    ],
    inputShape: [784],
    outputs: 10,
    batchSize: 128,
    steps: 10,
  },
  c: {
    title: 'CNN 28x28: conv 8, pool, conv 16, pool, dense 10, batch 64',
    layers: [
      { type: 'conv2d', filters: 8, kernelSize: 3, activation: 'relu' },
      { type: 'maxPooling2d', poolSize: 2 },
      { type: 'conv2d', filters: 16, kernelSize: 3, activation: 'relu' },
      { type: 'maxPooling2d', poolSize: 2 },
      { type: 'flatten' },
      { type: 'dense', units: 10, activation: 'softmax' },
    ],
    inputShape: [28, 28, 1],
    outputs: 10,
    batchSize: 64,
    steps: 20,
  },
  d: {
    title: 'LSTM 64, sequence 50 of 8 features, batch 32',
    layers: [
      { type: 'lstm', units: 64, recurrentActivation: 'sigmoid' },
      { type: 'dense', units: 1 },
    ],
    inputShape: [50, 8],
    outputs: 1,
    batchSize: 32,
    steps: 20,
  },
  vision: {
    title: 'Vision 32x32x3: conv 16, batch norm, relu, pool, conv 32, batch norm, relu, pool, dropout, dense 10, batch 32',
    layers: [
      { type: 'conv2d', filters: 16, kernelSize: 3, padding: 'same' },
      { type: 'batchNormalization' },
      { type: 'reLU' },
      { type: 'maxPooling2d', poolSize: 2 },
      { type: 'conv2d', filters: 32, kernelSize: 3, padding: 'same' },
      { type: 'batchNormalization' },
      { type: 'reLU' },
      { type: 'maxPooling2d', poolSize: 2 },
      { type: 'flatten' },
      { type: 'dropout', rate: 0.3 },
      { type: 'dense', units: 10, activation: 'softmax' },
    ],
    inputShape: [32, 32, 3],
    outputs: 10,
    batchSize: 32,
    steps: 8,
  },
  text: {
    title: 'Text: embedding 1000x32, GRU 64, sequence 40, dense 2, batch 32',
    layers: [
      { type: 'embedding', inputDim: 1000, outputDim: 32 },
      { type: 'gru', units: 64, recurrentActivation: 'sigmoid' },
      { type: 'dense', units: 2, activation: 'softmax' },
    ],
    inputShape: [40],
    vocabulary: 1000,
    outputs: 2,
    batchSize: 32,
    steps: 20,
  },
};

export function netOf(name: string): BenchNet {
  const net = NETS[name];
  if (net === undefined) throw new Error(`There is no net "${name}".`);
  return net;
}

/** Numbers in a row. */
export function widthOf({ inputShape }: BenchNet): number {
  return inputShape.reduce((product, n) => product * n, 1);
}

/** Numbers 0..1, the same in every run and every process (a linear congruential generator). */
export function createNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
