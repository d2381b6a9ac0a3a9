import { TRAINER_FLAGS } from '../src/telemetry/trainer-protocol.js';
import { bundleContestant } from './bundle.js';
import { NETS } from './nets.js';
import { Contestant, median } from './turns.js';

const VARIANTS = ['off', 'every step', 'auto'] as const;
type Variant = (typeof VARIANTS)[number];
/** Steps before anything is timed: `auto` looks at each of the first 200, and the code must be compiled. */
const WARM_UP_STEPS = 220;
const WARM_UP_ROUNDS = 3;

/**
 * What watching costs: steps with a frame each, and steps watched as `auto` does, against steps that nobody looks at. The three
 * take turns within one run of one process, in an order that changes, and are timed in processor time: so a ratio holds on a
 * busy machine too. It is the median over the rounds. Progress goes to stderr.
 */
export async function measureTelemetry(rounds = 30, names: readonly string[] = Object.keys(NETS)): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  const bundle = await bundleContestant('ours');
  for (const name of names) {
    const net = NETS[name];
    if (net === undefined) continue;
    process.stderr.write(`${name}: ${net.title}\n`);
    const contestant = Contestant.start(process.execPath, [...TRAINER_FLAGS, bundle]);
    const ms: Record<Variant, number[]> = { off: [], 'every step': [], auto: [] };
    await contestant.take({ net: name, variant: 'auto', steps: Math.max(WARM_UP_STEPS, WARM_UP_ROUNDS * net.steps) });
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      for (const variant of turned(VARIANTS, round)) {
        const { cpuMs } = await contestant.take({ net: name, variant, steps: net.steps });
        if (round >= 0) ms[variant].push(cpuMs / net.steps);
      }
      if (round % 10 === 9) process.stderr.write(`  round ${round + 1} of ${rounds}: ${ratios(ms).map((x) => x.toFixed(3)).join(', ')}\n`); // prettier-ignore
    }
    await contestant.end();
    const [every, auto] = ratios(ms);
    figures[`${name}: ms per step, not watched`] = median(ms.off);
    figures[`${name}: every step / not watched`] = every;
    figures[`${name}: auto / not watched`] = auto;
  }
  return figures;
}

/** Watched / not watched of the same round, medians. */
function ratios(ms: Record<Variant, number[]>): [everyStep: number, auto: number] {
  const ratio = (variant: Variant) => median(ms[variant].map((value, i) => value / (ms.off[i] ?? NaN)));
  return [ratio('every step'), ratio('auto')];
}

/** Another one begins each round: what comes first is not always the same. */
function turned<T>(values: readonly T[], by: number): T[] {
  const from = ((by % values.length) + values.length) % values.length;
  return [...values.slice(from), ...values.slice(0, from)];
}
