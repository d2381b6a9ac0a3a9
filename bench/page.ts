import { writeFile } from 'node:fs/promises';
import type { HostMessage } from '../src/telemetry/page-protocol.js';
import { FrameRing } from '../src/telemetry/frame-ring.js';
import { openStage, type Stage } from '../test/page/open-page.js';

/** Steps before the stream, so that charts are full from the start. */
const STEPS_BEFORE = 2000;
const FRAMES_PER_BATCH = 100;
const BATCHES = 50;
const BATCH_INTERVAL_MS = 100;

/** Steps of the run that is opened, of which the host has as many frames as its ring holds. */
const LONG_RUN_STEPS = 1_000_000;

/** p50 and p95 of the gaps between animation frames while 1,000 frames a second arrive, and the times of single acts. */
export async function measurePage(): Promise<Record<string, number>> {
  const stage = await openStage();
  const figures: Record<string, number> = {};
  try {
    // tsx names functions by a helper that the page does not have.
    await stage.page.addInitScript('globalThis.__name = (target) => target');
    for (const layers of [8, 64]) {
      await stage.open(`layers=${layers}&steps=${STEPS_BEFORE}`);
      await prepare(stage, layers);
      const cpu = await cpuClock(stage);
      const { gaps, busy } = await profiled(stage, `${layers}`, () => streamGaps(stage));
      figures[`${layers} layers: frame p50 ms`] = quantile(gaps, 0.5);
      figures[`${layers} layers: frame p95 ms`] = quantile(gaps, 0.95);
      figures[`${layers} layers: frame max ms`] = quantile(gaps, 1);
      figures[`${layers} layers: tasks over 50 ms, share of time`] = busy;
      figures[`${layers} layers: page CPU ms per batch`] = (await cpu()) / BATCHES;
    }
    figures['64 layers: resize ms'] = await resizeTime(stage);
    figures['64 layers: whole run to follow ms'] = await switchTime(stage);
    for (const layers of [2, 64])
      figures[`${layers} layers: open a run of 1,000,000 steps ms`] = await profiled(stage, `open-${layers}`, () =>
        openTime(stage, layers),
      );
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

/** Gaps between animation frames in ms, sorted; and the share of the time in tasks of 50 ms and more. */
function streamGaps(stage: Stage): Promise<{ gaps: number[]; busy: number }> {
  return stage.page.evaluate(
    async ([interval]) => {
      let longTasks = 0;
      const observer = new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => (longTasks += duration)));
      observer.observe({ type: 'longtask' });
      const gaps: number[] = [];
      const begin = performance.now();
      let last = begin;
      let running = true;
      const tick = (time: number) => {
        gaps.push(time - last);
        last = time;
        if (running) requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
      for (const message of window.benchMessages) {
        window.fakeHost.post(message);
        await new Promise((next) => setTimeout(next, interval));
      }
      running = false;
      const busy = longTasks / (performance.now() - begin);
      return { gaps: gaps.slice(1).sort((a, b) => a - b), busy };
    },
    [BATCH_INTERVAL_MS] as const,
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

/** From the arrival of the snapshot to the pixels. */
async function openTime(stage: Stage, layers: number): Promise<number> {
  await stage.open('empty');
  const frames = new FrameRing(layers).capacity;
  return stage.page.evaluate(
    async ([layerCount, count, steps]) => {
      const message = window.fakeHost.syntheticRun(layerCount, count, Math.floor(steps / count));
      await new Promise((next) => setTimeout(next, 300));
      const begin = performance.now();
      window.fakeHost.post(message);
      while (document.querySelector('gradwatch-timeline .heat-canvas') === null) await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      return performance.now() - begin;
    },
    [layers, frames, LONG_RUN_STEPS] as const,
  );
}

async function resizeTime(stage: Stage): Promise<number> {
  const begin = performance.now();
  await stage.page.setViewportSize({ width: 1000, height: 900 });
  await stage.settle();
  return performance.now() - begin;
}

async function switchTime(stage: Stage): Promise<number> {
  return stage.page.evaluate(async () => {
    const button = [...document.querySelectorAll<HTMLButtonElement>('.views button')].find((b) => b.textContent === 'follow');
    const begin = performance.now();
    button?.click();
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - begin;
  });
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
