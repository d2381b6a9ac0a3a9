import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { BATCH_FRAMES, type BoundaryOrder } from './boundary-order.js';
import { median } from './turns.js';

const FRAMES = 200 * BATCH_FRAMES;
const ROUNDS = 5;

/**
 * Frames per second from a forked process to its parent: one JSON text per step against batches of typed arrays, in turns.
 * The figures are medians over the rounds.
 */
export async function measureBoundary(): Promise<Record<string, number>> {
  const child = fork(fileURLToPath(new URL('./boundary-child.ts', import.meta.url)), { serialization: 'advanced' });
  await framesPerSecond(child, { kind: 'batches', frames: FRAMES });
  const rates: Record<BoundaryOrder['kind'], number[]> = { json: [], batches: [] };
  for (let round = 0; round < ROUNDS; round++)
    for (const kind of ['json', 'batches'] as const) rates[kind].push(await framesPerSecond(child, { kind, frames: FRAMES }));
  child.disconnect();
  await once(child, 'exit');
  const json = median(rates.json);
  const batches = median(rates.batches);
  return { 'frames/s, one JSON text per step': json, 'frames/s, batches of typed arrays': batches, ratio: batches / json };
}

async function framesPerSecond(child: ChildProcess, order: BoundaryOrder): Promise<number> {
  const started = performance.now();
  let received = 0;
  await new Promise<void>((resolve) => {
    const take = (message: { count: number; text?: string }) => {
      if (message.text !== undefined) JSON.parse(message.text);
      received += message.count;
      if (received < order.frames) return;
      child.off('message', take);
      resolve();
    };
    child.on('message', take);
    child.send(order);
  });
  return received / ((performance.now() - started) / 1000);
}
