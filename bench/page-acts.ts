import { METRIC_COUNT } from '../src/telemetry/frame-batch.js';
import { FrameRing } from '../src/telemetry/frame-ring.js';
import type { Stage } from '../test/page/open-page.js';
import { median } from './turns.js';

const LONG_RUN_STEPS = 1_000_000;
const SHOWN_AGAIN_STEPS = 100_000;
/** Layers of the long run whose every frame the page gets, and frames in a message. */
const LONG_RUN_LAYERS = 64;
const LONG_RUN_BATCH = 5000;

/** Times of single acts in ms: the first paint, a snapshot, and zooms and resizes of a run of a million steps. */
export async function measureActs(stage: Stage): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  figures['first paint'] = await firstPaint(stage);
  for (const layers of [8, 64])
    figures[`${layers} layers: shown again after ${SHOWN_AGAIN_STEPS} steps`] = await openTime(stage, layers, SHOWN_AGAIN_STEPS);
  for (const layers of [2, 64])
    figures[`${layers} layers: open a run of ${LONG_RUN_STEPS} steps`] = await openTime(stage, layers, LONG_RUN_STEPS);
  Object.assign(figures, await longRun(stage));
  return figures;
}

/** From the start of the navigation to the first content on screen, the median of five loads. */
async function firstPaint(stage: Stage): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    await stage.open('run=healthy&until=90');
    times.push(await stage.page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN));
  }
  return median(times);
}

/** From the arrival of the snapshot, with as many frames as a host keeps of so many steps, to the pixels. */
async function openTime(stage: Stage, layers: number, steps: number): Promise<number> {
  await stage.open('empty');
  const frames = Math.min(steps, new FrameRing(layers).capacity);
  await stage.page.evaluate(
    ([layerCount, count, all]) => {
      const { fakeHost } = window;
      window.benchMessages = fakeHost.messagesOf(fakeHost.syntheticRun(layerCount, count, Math.floor(all / count)));
    },
    [layers, frames, steps] as const,
  );
  await collectGarbage(stage);
  return stage.page.evaluate(async () => {
    const begin = performance.now();
    window.fakeHost.send(window.benchMessages);
    while (document.querySelector('gradwatch-timeline .heat-canvas') === null) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return performance.now() - begin;
  });
}

/** What making messages up has left behind is no work of the page. */
async function collectGarbage(stage: Stage): Promise<void> {
  const session = await stage.page.context().newCDPSession(stage.page);
  await session.send('HeapProfiler.collectGarbage');
  await session.detach();
}

/** Every frame of a run of a million steps and 64 layers through the page's store; then zooms by key and a new width. */
async function longRun(stage: Stage): Promise<Record<string, number>> {
  await stage.open(`layers=${LONG_RUN_LAYERS}&steps=10`);
  const label = `${LONG_RUN_LAYERS} layers, ${LONG_RUN_STEPS} steps`;
  const appended = await append(stage);
  const zooms = await zoomTimes(stage);
  return {
    [`${label}: take every frame, per 1,000`]: appended / (LONG_RUN_STEPS / 1000),
    [`${label}: zoom, median`]: median(zooms),
    [`${label}: zoom, slowest`]: Math.max(...zooms),
    [`${label}: resize`]: await resizeTime(stage),
  };
}

/** Sends all frames; the sum of the times from a message to its end in the page. */
function append(stage: Stage): Promise<number> {
  return stage.page.evaluate(
    async ([layers, steps, size, metrics]) => {
      const message = window.fakeHost.syntheticFrames(layers, 10, size);
      if (message.type !== 'frames') return NaN;
      const { batch } = message;
      let sum = 0;
      for (let first = 10; first < steps; first += size) {
        const count = Math.min(size, steps - first);
        for (let row = 0; row < size; row++) batch.step[row] = first + row;
        // A spike of one layer in each message, somewhere else every time.
        const spike = (((first * 7919) % size) * layers + (first % layers)) * metrics;
        const before = batch.layers[spike] ?? 0;
        batch.layers[spike] = 1e3;
        batch.count = count;
        const begin = performance.now();
        window.fakeHost.post(message);
        await new Promise((next) => setTimeout(next));
        sum += performance.now() - begin;
        batch.layers[spike] = before;
      }
      for (let i = 0; i < 20; i++) await new Promise(requestAnimationFrame);
      return sum;
    },
    [LONG_RUN_LAYERS, LONG_RUN_STEPS, LONG_RUN_BATCH, METRIC_COUNT] as const,
  );
}

/** Zooms in from the whole run to a few steps, at its middle and at its end, and out again: each until its frame is painted. */
function zoomTimes(stage: Stage): Promise<number[]> {
  return stage.page.evaluate(async () => {
    const timeline = document.querySelector<HTMLElement>('.timeline');
    const press = (key: string) => timeline?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    const painted = () => new Promise<void>((done) => requestAnimationFrame(() => setTimeout(done)));
    const times: number[] = [];
    for (const place of [[], ['Home', ...new Array<string>(30).fill('PageDown')]]) {
      for (const key of place) press(key);
      await painted();
      for (const key of [...new Array<string>(15).fill('+'), ...new Array<string>(15).fill('-'), 'f', '0']) {
        await painted();
        const begin = performance.now();
        press(key);
        await painted();
        times.push(performance.now() - begin);
      }
    }
    return times;
  });
}

/** From the page's notice of its new width to the frame that is painted in it. */
async function resizeTime(stage: Stage): Promise<number> {
  const time = stage.page.evaluate(
    () =>
      new Promise<number>((done) => {
        const width = document.querySelector('.heat-canvas')?.clientWidth;
        addEventListener(
          'resize',
          () => {
            const begin = performance.now();
            const look = () => {
              const canvas = document.querySelector<HTMLCanvasElement>('.heat-canvas');
              const fits =
                canvas !== null && canvas.clientWidth !== width && canvas.width === Math.round(canvas.clientWidth * devicePixelRatio);
              if (fits) setTimeout(() => done(performance.now() - begin));
              else requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
          },
          { once: true },
        );
      }),
  );
  await stage.page.setViewportSize({ width: 1000, height: 900 });
  return time;
}
