import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunEvent } from '../../src/telemetry/events.js';
import { decodeFrames, type FrameBatch } from '../../src/telemetry/frame-batch.js';
import type { RunOptions, TrainerCommand, TrainerMessage } from '../../src/telemetry/trainer-protocol.js';

/** Folder of the bundles under test. */
export const DIST = path.resolve(process.env['GRADWATCH_DIST'] ?? 'dist');
export const TRAINER = path.join(DIST, 'trainer.js');

/** A real trainer process, as the editor starts it. */
export class TrainerProcess {
  readonly messages: TrainerMessage[] = [];
  readonly child: ChildProcess;
  /** Exit code, or the signal that ended it. */
  readonly exited: Promise<number | string | null>;
  private readonly listeners = new Set<() => void>();

  constructor(nodeArguments: readonly string[] = []) {
    this.child = fork(TRAINER, [], { serialization: 'advanced', silent: true, execArgv: [...nodeArguments] });
    this.exited = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve(signal ?? code)));
    this.child.on('message', (message) => {
      this.messages.push(message as TrainerMessage);
      for (const listener of this.listeners) listener();
    });
  }

  get pid(): number {
    return this.child.pid as number;
  }

  send(command: TrainerCommand): void {
    this.child.send(command);
  }

  train(options: Partial<RunOptions> & { configFile: string }): void {
    this.send({ type: 'train', options: { trusted: true, ...options } });
  }

  /** The first message (already there or to come) that fits. Rejects when the process ends without it. */
  async until<T extends TrainerMessage>(fits: (message: TrainerMessage) => message is T): Promise<T>;
  async until(fits: (message: TrainerMessage) => boolean): Promise<TrainerMessage>;
  async until(fits: (message: TrainerMessage) => boolean): Promise<TrainerMessage> {
    const found = this.messages.find(fits);
    if (found !== undefined) return found;
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = this.messages.find(fits);
        if (match === undefined) return;
        this.listeners.delete(look);
        resolve(match);
      };
      this.listeners.add(look);
      void this.exited.then((code) =>
        reject(new Error(`The trainer ended (${String(code)}) first: ${JSON.stringify(this.messages.at(-1))}`)),
      );
    });
  }

  event<K extends RunEvent['event']>(kind: K, fits: (event: Extract<RunEvent, { event: K }>) => boolean = () => true) {
    return this.until((m): m is { type: 'event'; event: Extract<RunEvent, { event: K }> } => {
      return m.type === 'event' && m.event.event === kind && fits(m.event as Extract<RunEvent, { event: K }>);
    }).then((message) => message.event);
  }

  get batches(): FrameBatch[] {
    return this.messages.flatMap((message) => (message.type === 'frames' ? [message.batch] : []));
  }

  get frames() {
    return this.batches.flatMap((batch) => decodeFrames(batch));
  }

  get events(): RunEvent[] {
    return this.messages.flatMap((message) => (message.type === 'event' ? [message.event] : []));
  }
}

/** Writes a config into a new folder and returns its path. */
export function writeConfig(config: unknown, files: Record<string, string> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'gradwatch-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const file = path.join(folder, 'net.gradwatch.json');
  writeFileSync(file, JSON.stringify(config, null, 2));
  return file;
}

/** A small regression that learns; `changes` replace parts of it. */
export function healthyConfig(changes: { training?: object; watch?: object; data?: object } = {}): unknown {
  return {
    data: { generator: { name: 'regression', samples: 200, features: 4, noise: 0.1 }, validationSplit: 0.2, ...changes.data },
    model: {
      layers: [
        { type: 'dense', units: 8, activation: 'tanh' },
        { type: 'dropout', rate: 0.1 },
        { type: 'dense', units: 1 },
      ],
    },
    training: { loss: 'meanSquaredError', optimizer: { type: 'adam', learningRate: 0.01 }, epochs: 4, batchSize: 32, ...changes.training },
    ...(changes.watch === undefined ? {} : { watch: changes.watch }),
  };
}

/** y = x + 2 on x = 1..24 with a rate far above its limit of 0.0049. */
export function explodingConfig(onTrouble: 'pause' | 'stop' | 'continue'): unknown {
  return {
    data: { generator: { name: 'linear', from: 1, to: 24, intercept: 2 }, validationSplit: 0 },
    model: { layers: [{ type: 'dense', units: 1 }] },
    training: { loss: 'meanSquaredError', optimizer: { type: 'sgd', learningRate: 0.05 }, epochs: 200, batchSize: 24 },
    watch: { onTrouble },
  };
}
