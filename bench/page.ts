import { writeFile } from 'node:fs/promises';
import type { HostMessage } from '../src/telemetry/page-protocol.js';
import { openStage, type Stage } from '../test/page/open-page.js';
import { measureActs } from './page-acts.js';
import { median } from './turns.js';

/** Steps before the stream, so that charts are full from the start. */
const STEPS_BEFORE = 2000;
const FRAMES_PER_BATCH = 100;
const BATCH_INTERVAL_MS = 100;
/** Messages made up before anything is measured; sent over and over with later steps. */
const BATCHES = 50;
const STREAM_SECONDS = { short: 5, long: 60 };

/**
 * What the page costs: the gaps between animation frames while 1,000 frames a second arrive, whether it falls behind over a
 * minute, and the times of single acts (page-acts.ts). Milliseconds, unless the label says otherwise.
 */
export async function measurePage(): Promise<Record<string, number>> {
  const stage = await openStage();
  try {
    // tsx names functions by a helper that the page does not have.
    await stage.page.addInitScript('globalThis.__name = (target) => target');
    const figures = await measureActs(stage);
    for (const layers of [8, 64]) Object.assign(figures, await measureStream(stage, layers));
    return figures;
  } finally {
    await stage.close();
  }
}

declare global {
  interface Window {
    benchMessages: HostMessage[];
  }
}

async function measureStream(stage: Stage, layers: number): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  const seconds = layers === 64 ? STREAM_SECONDS.long : STREAM_SECONDS.short;
  await stage.open(`layers=${layers}&steps=${STEPS_BEFORE}`);
  await prepare(stage, layers);
  const cpu = await cpuClock(stage);
  const { gaps, lags } = await profiled(stage, `${layers}`, () => stream(stage, seconds));
  const batches = (seconds * 1000) / BATCH_INTERVAL_MS;
  const sorted = [...gaps].sort((a, b) => a - b);
  figures[`${layers} layers: frame p50`] = quantile(sorted, 0.5);
  figures[`${layers} layers: frame p95`] = quantile(sorted, 0.95);
  figures[`${layers} layers: frame p99`] = quantile(sorted, 0.99);
  figures[`${layers} layers: page CPU per batch of ${FRAMES_PER_BATCH}`] = (await cpu()) / batches;
  if (layers !== 64) return figures;
  const part = Math.floor(lags.length / 6);
  figures[`${layers} layers: lag in the first 10 s`] = median(lags.slice(0, part));
  figures[`${layers} layers: lag in the last 10 s`] = median(lags.slice(-part));
  return figures;
}

/** Makes the messages up before anything is measured. */
async function prepare(stage: Stage, layers: number): Promise<void> {
  await stage.page.evaluate(
    ([layerCount, from, count, batches]) => {
      const make = (i: number) => window.fakeHost.syntheticFrames(layerCount, from + i * count, count);
      window.benchMessages = Array.from({ length: batches }, (_, i) => make(i));
    },
    [layers, STEPS_BEFORE, FRAMES_PER_BATCH, BATCHES] as const,
  );
}

/** Gaps between animation frames, and for each batch the time from sending it to its newest step on the page. */
function stream(stage: Stage, seconds: number): Promise<{ gaps: number[]; lags: number[] }> {
  return stage.page.evaluate(
    async ([interval, count, length]) => {
      const gaps: number[] = [];
      const lags: number[] = [];
      const waiting: { words: string; sent: number }[] = [];
      const reading = document.querySelector('.ruler .reading span');
      let last = performance.now();
      let running = true;
      const tick = () => {
        const now = performance.now();
        gaps.push(now - last);
        last = now;
        const at = waiting.findIndex(({ words }) => reading?.textContent === words);
        if (at >= 0) for (const { sent } of waiting.splice(0, at + 1)) lags.push(now - sent);
        if (running) requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
      const { benchMessages: messages } = window;
      for (let i = 0; i < (length * 1000) / interval; i++) {
        const message = messages[i % messages.length];
        if (message?.type !== 'frames') return { gaps, lags };
        const { step } = message.batch;
        // Sent a second time, it goes on where the last one ended.
        if (i >= messages.length) for (let row = 0; row < step.length; row++) step[row] = (step[row] ?? 0) + messages.length * count;
        waiting.push({ words: `now, step ${(step.at(-1) ?? 0).toLocaleString('en-US')}`, sent: performance.now() });
        window.fakeHost.post(message);
        await new Promise((next) => setTimeout(next, interval));
      }
      running = false;
      return { gaps: gaps.slice(1), lags };
    },
    [BATCH_INTERVAL_MS, FRAMES_PER_BATCH, seconds] as const,
  );
}

/** With PAGE_PROFILE=FOLDER, writes a CPU profile of what `action` does in the page. */
async function profiled<T>(stage: Stage, name: string, action: () => Promise<T>): Promise<T> {
  const folder = process.env['PAGE_PROFILE'];
  if (folder === undefined) return action();
  const session = await stage.page.context().newCDPSession(stage.page);
  await session.send('Profiler.enable');
  await session.send('Profiler.start');
  const result = await action();
  const { profile } = await session.send('Profiler.stop');
  await writeFile(`${folder}/page-${name}.cpuprofile`, JSON.stringify(profile));
  return result;
}

/** CPU time of the page's main thread since the call, in ms: what it costs whatever else the machine does. */
async function cpuClock(stage: Stage): Promise<() => Promise<number>> {
  const session = await stage.page.context().newCDPSession(stage.page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
  };
  const begin = await read();
  return async () => (await read()) - begin;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
