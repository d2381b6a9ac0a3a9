// Contestant: TensorFlow.js as it comes, `trainOnBatch` of tfjs-layers. Variant: the backend, wasm or cpu.
import { tf, setWasmPaths } from '../src/training/tf.js';
import { wasmBinaryFolder } from '../src/training/engine/wasm-binaries.js';
import { createNumbers, netOf, widthOf, type BenchNet } from './nets.js';
import { answerTurns, type Turn, type TurnResult } from './turns.js';

type Model = { model: tf.Sequential; x: tf.Tensor; y: tf.Tensor };
type Factory = (settings: Record<string, unknown>) => tf.layers.Layer;

const models = new Map<string, Model>();

function build(net: BenchNet): Model {
  const model = tf.sequential();
  net.layers.forEach(({ type, ...settings }, i) => {
    const factory = (tf.layers as unknown as Record<string, Factory>)[type as string];
    if (factory === undefined) throw new Error(`tfjs-layers has no layer "${String(type)}".`);
    // Its orthogonal initializer takes seconds and is no part of a step.
    const quick = type === 'lstm' || type === 'gru' ? { recurrentInitializer: 'glorotUniform' } : {};
    model.add(factory({ ...settings, ...quick, ...(i === 0 ? { inputShape: net.inputShape } : {}) }));
  });
  model.compile({ optimizer: tf.train.adam(0.001), loss: net.outputs === 1 ? 'meanSquaredError' : 'categoricalCrossentropy' });
  const random = createNumbers(1);
  const values = Float32Array.from({ length: net.batchSize * widthOf(net) }, () => (net.vocabulary === undefined ? random() * 2 - 1 : Math.floor(random() * net.vocabulary))); // prettier-ignore
  const classes = Int32Array.from({ length: net.batchSize }, () => Math.floor(random() * net.outputs));
  const y = net.outputs === 1 ? tf.randomNormal([net.batchSize, 1]) : tf.oneHot(classes, net.outputs).toFloat();
  return { model, x: tf.tensor(values, [net.batchSize, ...net.inputShape]), y };
}

async function train({ net, variant, steps }: Turn): Promise<TurnResult> {
  setWasmPaths(wasmBinaryFolder());
  if (!(await tf.setBackend(variant))) throw new Error(`The backend ${variant} does not start.`);
  const entry = models.get(net) ?? build(netOf(net));
  models.set(net, entry);
  const before = process.cpuUsage();
  const started = performance.now();
  for (let step = 0; step < steps; step++) await entry.model.trainOnBatch(entry.x, entry.y);
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  return { ms, cpuMs: (user + system) / 1000, residentMiB: process.memoryUsage().rss / 2 ** 20, tensors: tf.memory().numTensors };
}

void answerTurns(train);
