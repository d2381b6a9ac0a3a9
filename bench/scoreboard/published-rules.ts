import type { FrameEvent } from '../../src/telemetry/json-lines.js';

/** A rule of another tool or of common practice, replayed on the frames of our runs. */
export interface PublishedRule {
  name: string;
  source: string;
  /** The step at which it first fires, or null. */
  fires(frames: readonly FrameEvent[]): number | null;
}

/** Frames a running statistic rests on, and those it waits for. */
const WINDOW = 50;
const WARM_UP = 25;
/** ZClip: weight of the past in its moving mean and variance, and the z-score it clips at. */
const ZCLIP_KEEP = 0.97;
const ZCLIP_LIMIT = 2.5;
const Z_LIMIT = 3;
const RATIO_LIMIT = 70;

const where = (name: string, source: string, test: (frame: FrameEvent) => boolean): PublishedRule => ({
  name,
  source,
  fires: (frames) => frames.find(test)?.step ?? null,
});

/**
 * The rules an exploding run is usually watched with, each from its formula. They look at every frame, which flatters those that
 * sample (SageMaker Debugger looks at one step in 500).
 */
export const PUBLISHED_RULES: readonly PublishedRule[] = [
  where('gradient norm > 50', 'rule of thumb', (f) => !(f.globalGradNorm <= 50)),
  where('gradient norm > 100', 'rule of thumb', (f) => !(f.globalGradNorm <= 100)),
  where('gradient norm > 1e4', 'rule of thumb', (f) => !(f.globalGradNorm <= 1e4)),
  where('loss > 1e6', 'ARC Lens', (f) => !(f.loss <= 1e6)),
  deviation(2),
  deviation(3),
  zScore(),
  zclip(),
  where('first ÷ last layer gradient > 70', 'AUTOTRAINER (Zhang et al. 2021)', (f) => layerRatio(f) > RATIO_LIMIT),
  where('NaN or infinity', 'SageMaker Debugger, ExplodingTensor', isNonFinite),
];

/** loss > factor x mean of the last 50 losses, after 25. */
function deviation(factor: number): PublishedRule {
  return {
    name: `loss > ${factor} x its running mean`,
    source: 'spike rules of training loops',
    fires: (frames) => firstAgainstWindow(frames, (loss, mean) => !(loss <= factor * mean)),
  };
}

/** (loss - mean) / deviation of the last 50 losses > 3, after 25. */
function zScore(): PublishedRule {
  return {
    name: 'z-score of the loss > 3',
    source: 'Weights & Biases, alerts on a metric',
    fires: (frames) => firstAgainstWindow(frames, (loss, mean, deviation) => !(loss <= mean + Z_LIMIT * deviation)),
  };
}

type WindowTest = (loss: number, mean: number, deviation: number) => boolean;

function firstAgainstWindow(frames: readonly FrameEvent[], test: WindowTest): number | null {
  for (let i = WARM_UP; i < frames.length; i++) {
    const window = frames.slice(Math.max(0, i - WINDOW), i).map((frame) => frame.loss);
    const mean = window.reduce((a, b) => a + b, 0) / window.length;
    const deviation = Math.sqrt(window.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / window.length);
    const frame = frames[i] as FrameEvent;
    if (test(frame.loss, mean, deviation)) return frame.step;
  }
  return null;
}

/**
 * z = (norm - mean) / deviation > 2.5 with moving averages of weight 0.97, after a warm-up of 25 (up to its first alarm nothing is
 * clipped, so they take the norm as it is). Kumar et al. 2025, arXiv 2504.02507.
 */
function zclip(): PublishedRule {
  return {
    name: 'z-score of the norm > 2.5',
    source: 'ZClip (Kumar et al. 2025), its statistic as an alarm',
    fires(frames) {
      const first = frames.slice(0, WARM_UP).map((frame) => frame.globalGradNorm);
      let mean = first.reduce((a, b) => a + b, 0) / first.length;
      let variance = first.reduce((sum, norm) => sum + (norm - mean) ** 2, 0) / first.length;
      for (const { step, globalGradNorm } of frames.slice(WARM_UP)) {
        const deviation = Math.sqrt(variance);
        const z = (globalGradNorm - mean) / deviation;
        if (!(z <= ZCLIP_LIMIT)) return step;
        mean = ZCLIP_KEEP * mean + (1 - ZCLIP_KEEP) * globalGradNorm;
        variance = ZCLIP_KEEP * variance + (1 - ZCLIP_KEEP) * (globalGradNorm - mean) ** 2;
      }
      return null;
    },
  };
}

/** 0 with one layer. */
function layerRatio({ layers }: FrameEvent): number {
  const first = layers[0]?.gradNorm ?? 0;
  const last = layers.at(-1)?.gradNorm ?? 0;
  return layers.length < 2 || !(last > 0) ? 0 : first / last;
}

function isNonFinite({ loss, layers }: FrameEvent): boolean {
  return !Number.isFinite(loss) || layers.some((l) => l.nonFinite > 0 || !Number.isFinite(l.gradNorm) || !Number.isFinite(l.weightNorm));
}
