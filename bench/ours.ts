// Contestant: the project's own loop, as the trainer process runs it: a run log on disk, frames packed for the editor. Variants: off,
// every step, auto; one run takes them all.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serialize } from 'node:v8';
import type { TrainingPlan } from '../src/training/course.js';
import { RunLog } from '../src/training/run-log.js';
import type { RunSink } from '../src/training/run-outbox.js';
import { RunSession } from '../src/training/run-session.js';
import { tf } from '../src/training/tf.js';
import { createNumbers, netOf, widthOf, type BenchNet } from './nets.js';
import { answerTurns, type Turn, type TurnResult } from './turns.js';

/** Batches in an epoch. */
const MIN_BATCHES = 8;
const MOST_BATCHES = 500;
/** What process.send does with them. */
const editor: RunSink = { event: () => undefined, frames: (batch) => void serialize(batch) };
/** BENCH_ENGINE: another engine than wasm. */
const ENGINE = (process.env['BENCH_ENGINE'] ?? 'wasm') as 'wasm' | 'cpu' | 'tensorflow';
const folder = mkdtempSync(path.join(tmpdir(), 'gradwatch-bench-'));

/** A run that stands still between its turns. */
class TurnSession extends RunSession {
  plan: TrainingPlan | null = null;
  readonly fallbacks: string[] = [];
  private left = 0;
  private done: (() => void) | null = null;
  private go: (() => void) | null = null;

  /** What the run waits for before each step. */
  async nextStep(): Promise<void> {
    if (this.left === 0) {
      this.done?.();
      await new Promise<void>((resolve) => (this.go = resolve));
    }
    this.left -= 1;
  }

  /** Resolves when the run stands before its first step. */
  async ready(): Promise<void> {
    if (this.go === null) await new Promise<void>((resolve) => (this.done = resolve));
  }

  /** Milliseconds of so many steps. */
  async turn(steps: number): Promise<number> {
    this.left = steps;
    const finished = new Promise<void>((resolve) => (this.done = resolve));
    const started = performance.now();
    this.go?.();
    await finished;
    return performance.now() - started;
  }
}

const sessions = new Map<string, Promise<TurnSession>>();

async function start(name: string): Promise<TurnSession> {
  const net = netOf(name);
  const configFile = path.join(folder, `${name}.gradwatch.json`);
  const text = JSON.stringify(configOf(net));
  writeFileSync(configFile, text);
  writeFileSync(path.join(folder, `${net.inputShape.join('x')}.cjs`), moduleOf(net));
  const turnstile: RunSink = {
    ...editor,
    event: (event) => event.event === 'fallback' && void session.fallbacks.push(`${event.layer ?? 'the optimizer'} ${event.reason}`),
    ready: () => session.nextStep(),
  };
  const session: TurnSession = new TurnSession({ configFile, trusted: true, engine: ENGINE, onTrouble: 'continue' }, [turnstile], {
    opened: ({ directory, plan }) => {
      session.plan = plan;
      return [new RunLog(directory, { name: path.basename(configFile), text })];
    },
  });
  const failed = session.run().then(() => undefined);
  await Promise.race([session.ready(), failed]);
  return session;
}

function configOf(net: BenchNet): object {
  return {
    data: { module: `./${net.inputShape.join('x')}.cjs`, validationSplit: 0 },
    model: { layers: net.layers },
    training: {
      loss: net.outputs === 1 ? 'meanSquaredError' : 'categoricalCrossentropy',
      optimizer: { type: 'adam', learningRate: 0.001 },
      batchSize: net.batchSize,
      epochs: 1_000_000,
    },
    watch: { every: 'auto', onTrouble: 'continue' },
  };
}

/** A data module: random rows, targets that can be learned a little. It keeps none of them. */
function moduleOf(net: BenchNet): string {
  const rows = net.batchSize * Math.max(MIN_BATCHES, Math.min(MOST_BATCHES, net.steps));
  const width = widthOf(net);
  const value = net.vocabulary === undefined ? 'random() * 2 - 1' : `Math.floor(random() * ${net.vocabulary})`;
  const target = net.outputs === 1 ? `x[i * ${width}] + x[i * ${width} + 1]` : `Math.floor(random() * ${net.outputs})`;
  const y =
    net.outputs === 1 ? 'tf.tensor2d(y, [y.length, 1])' : `tf.tidy(() => tf.oneHot(tf.tensor1d(y, 'int32'), ${net.outputs}).toFloat())`;
  return `const createNumbers = ${createNumbers.toString()};
module.exports = async (tf) => {
  const random = createNumbers(1);
  const x = Float32Array.from({ length: ${rows * width} }, () => ${value});
  const y = Float32Array.from({ length: ${rows} }, (_, i) => ${target});
  return { x: tf.tensor(x, ${JSON.stringify([rows, ...net.inputShape])}), y: ${y} };
};
`;
}

/** What `auto` came to, by session. */
const intervals = new WeakMap<TurnSession, number>();

function watchAs(variant: string, session: TurnSession): void {
  const { plan } = session;
  if (plan === null) throw new Error('The run has not begun.');
  const auto = intervals.get(session) ?? plan.every;
  intervals.set(session, auto);
  plan.every = variant === 'every step' ? 1 : auto;
  plan.unwatched = variant === 'off';
}

async function train(turn: Turn): Promise<TurnResult> {
  const session = sessions.get(turn.net) ?? start(turn.net);
  sessions.set(turn.net, session);
  const running = await session;
  watchAs(turn.variant, running);
  const before = process.cpuUsage();
  const ms = await running.turn(turn.steps);
  const { user, system } = process.cpuUsage(before);
  return {
    ms,
    cpuMs: (user + system) / 1000,
    residentMiB: process.memoryUsage().rss / 2 ** 20,
    tensors: tf.memory().numTensors,
    fallbacks: running.fallbacks,
  };
}

void answerTurns(train);
