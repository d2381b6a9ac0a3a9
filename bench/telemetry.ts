import { bundleContestant } from './bundle.js';
import { NETS } from './nets.js';
import { Contestant, median } from './turns.js';

const VARIANTS = ['off', '1', 'auto'] as const;
const WARM_UP_TURNS = 3;
/** Steps of all runs before they are timed: `auto` looks at each of the first 200. */
const WARM_UP_STEPS = 220;

/**
 * What watching costs: the same loop with a frame of every step, and of the steps `auto` chooses, against the loop that looks at
 * nothing. The three take turns; a ratio is the median over the turns.
 */
export async function measureTelemetry(rounds = 21, names: readonly string[] = Object.keys(NETS)): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  const bundle = await bundleContestant('ours');
  for (const name of names) {
    const net = NETS[name];
    if (net === undefined) continue;
    // A process each: in one process the second and third run would be slower than the first, whatever they watch.
    const contestants = new Map(VARIANTS.map((variant) => [variant, Contestant.start(process.execPath, [bundle])]));
    const ms: Record<string, number[]> = {};
    for (let round = -WARM_UP_TURNS; round < rounds; round++)
      for (const [variant, contestant] of turned([...contestants], round)) {
        const result = await contestant.take({
          net: name,
          variant,
          steps: round < 0 ? Math.max(Math.ceil(WARM_UP_STEPS / WARM_UP_TURNS), 2 * net.steps) : net.steps,
        });
        if (round >= 0) (ms[variant] ??= []).push(result.cpuMs / net.steps);
      }
    for (const contestant of contestants.values()) await contestant.end();
    figures[`${name}: ms per step, not watched`] = median(ms['off'] ?? []);
    figures[`${name}: every step / not watched`] = median((ms['1'] ?? []).map((value, i) => value / (ms['off']?.[i] ?? NaN)));
    figures[`${name}: auto / not watched`] = median((ms['auto'] ?? []).map((value, i) => value / (ms['off']?.[i] ?? NaN)));
  }
  return figures;
}

/** Another one begins each round: what comes first after a pause is not always the same. */
function turned<T>(values: T[], by: number): T[] {
  const from = ((by % values.length) + values.length) % values.length;
  return [...values.slice(from), ...values.slice(0, from)];
}
