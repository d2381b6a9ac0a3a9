import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStage, type Stage } from './open-page.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

/** Sends `perBatch` frames ten times a second for `seconds` and returns the gaps between animation frames in ms, sorted. */
function stream(layers: number, perBatch: number, seconds: number): Promise<number[]> {
  return stage.page.evaluate(
    async ([layerCount, count, length]) => {
      const gaps: number[] = [];
      let last = performance.now();
      let running = true;
      const tick = (time: number) => {
        gaps.push(time - last);
        last = time;
        if (running) requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
      for (let i = 0; i < length * 10; i++) {
        window.fakeHost.appendSynthetic(layerCount, 100 + i * count, count);
        await new Promise((next) => setTimeout(next, 100));
      }
      running = false;
      return gaps.slice(1).sort((a, b) => a - b);
    },
    [layers, perBatch, seconds] as const,
  );
}

it.each([8, 64])('takes 1,000 frames per second of %d layers without an error', async (layers) => {
  await stage.open(`layers=${layers}&steps=100`);
  const gaps = await stream(layers, 100, 3);
  await stage.settle();
  console.log(
    `${layers} layers: animation frames p50 ${gaps[gaps.length >> 1]?.toFixed(1)} ms, p95 ${gaps[Math.floor(gaps.length * 0.95)]?.toFixed(1)} ms`,
  );
  expect(await stage.page.locator('.bar .figures').innerText()).toContain('step 3,099');
  expect(await stage.page.locator('.bar .figures').innerText()).toMatch(/[\d,]+ steps\/s/);
  expect(stage.problems.splice(0)).toEqual([]);
});

it('opens a long run with its spikes', async () => {
  await stage.open('layers=2&steps=60000');
  const words = await stage.page.locator('[data-track="norm"] .plot').getAttribute('aria-label');
  expect(words).toContain('Last, step 59999');
  expect(stage.problems.splice(0)).toEqual([]);
});

it('ships as at most 250 KB of script and styles', async () => {
  const { outputFiles } = await build({
    entryPoints: { dashboard: 'webview-ui/main.ts' },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    outdir: 'dist',
    legalComments: 'none',
    loader: { '.ttf': 'file' },
  });
  const bytes = outputFiles.filter(({ path }) => /\.(js|css)$/.test(path)).reduce((sum, { contents }) => sum + contents.length, 0);
  expect(bytes).toBeLessThanOrEqual(250_000);
});
