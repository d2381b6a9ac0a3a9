import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';

/** What a contestant is asked: so many training steps of a net. */
export interface Turn {
  net: string;
  /** How it trains, where it knows several ways. */
  variant: string;
  steps: number;
}

export interface TurnResult {
  /** Wall time of all the steps. */
  ms: number;
  /** Processor time of the process for them, all its threads. */
  cpuMs: number;
  /** Resident memory of the process after them, MiB. */
  residentMiB: number;
  /** tf.memory().numTensors after them, where it is a JavaScript process. */
  tensors?: number;
  /** Layers that do not run on our kernels, with the reason; ours only. */
  fallbacks?: string[];
}

/**
 * A process that trains when it is its turn, and sleeps otherwise: one JSON object a line in, one out. So every ratio comes from
 * the same minutes.
 */
export class Contestant {
  private readonly lines: Interface;
  private readonly answers: AsyncIterator<string>;
  private errors = '';

  private constructor(private readonly child: ChildProcess) {
    if (child.stdout === null || child.stdin === null || child.stderr === null) throw new Error('The contestant has no pipes.');
    this.lines = createInterface({ input: child.stdout });
    this.answers = this.lines[Symbol.asyncIterator]();
    child.stderr.on('data', (data: Buffer) => (this.errors = (this.errors + data.toString()).slice(-2000)));
    child.stdin.on('error', () => undefined);
  }

  static start(command: string, args: readonly string[], env: Record<string, string> = {}): Contestant {
    return new Contestant(spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } }));
  }

  /** Throws where the process ends instead of answering, or answers with an error. */
  async take(turn: Turn): Promise<TurnResult> {
    this.child.stdin?.write(JSON.stringify(turn) + '\n');
    return (await this.read()) as unknown as TurnResult;
  }

  /** The next line it says. */
  async read(): Promise<Record<string, unknown>> {
    const line: IteratorResult<string, undefined> = await this.answers.next();
    if (line.done === true) throw new Error(`It ended: ${this.errors.trim().split('\n').at(-1) ?? ''}`);
    const answer = JSON.parse(line.value) as Record<string, unknown>;
    if (typeof answer['error'] === 'string') throw new Error(answer['error']);
    return answer;
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.stdin?.end();
    await exit;
  }
}

/** The contestant's side: answers every line of its standard input. */
export async function answerTurns(train: (turn: Turn) => Promise<TurnResult>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await train(JSON.parse(line) as Turn).catch((error: unknown) => ({ error: String(error) }));
    process.stdout.write(JSON.stringify(answer) + '\n');
  }
  process.exit(0);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
