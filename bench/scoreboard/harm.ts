import type { Frame } from '../../src/telemetry/events.js';

/** Loss / first loss that is harm. */
const HARM = 10;

/**
 * The first step at which the loss leaves 10 x its first value for good, or is not finite; null where it never does. A run that
 * comes back only in its last frame has been harmed where it first left.
 */
export function harmStep(frames: readonly Pick<Frame, 'step' | 'loss'>[]): number | null {
  const first = frames[0];
  if (first === undefined) return null;
  if (!Number.isFinite(first.loss)) return first.step;
  const isHarmed = ({ loss }: { loss: number }) => !(Math.abs(loss) <= HARM * Math.abs(first.loss));
  const lastCalm = frames.findLastIndex((frame) => !isHarmed(frame));
  if (lastCalm === frames.length - 1) return frames.find(isHarmed)?.step ?? null;
  return frames[lastCalm + 1]?.step ?? null;
}
