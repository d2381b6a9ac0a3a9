import { bundleContestant } from './bundle.js';
import { NETS } from './nets.js';
import { Contestant, median } from './turns.js';

const VARIANTS = ['off', '1', 'auto'] as const;
const WARM_UP_TURNS = 3;

/**
 * What watching costs: the same loop with a frame of every step, and of the steps `auto` chooses, against the loop that looks at
 * nothing. All three are runs of one process that take turns; a ratio is the median over the turns.
 */
export async function measureTelemetry(rounds = 31, names: readonly string[] = Object.keys(NETS)): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  const bundle = await bundleContestant('ours');
  for (const name of names) {
    const net = NETS[name];
    if (net === undefined) continue;
    const ours = Contestant.start(process.execPath, [bundle]);
    const ms: Record<string, number[]> = {};
    for (let round = -WARM_UP_TURNS; round < rounds; round++)
      for (const variant of turned(VARIANTS, round)) {
        const result = await ours.take({ net: name, variant, steps: net.steps * (round < 0 ? 2 : 1) });
        if (round >= 0) (ms[variant] ??= []).push(result.cpuMs / net.steps);
      }
    await ours.end();
    figures[`${name}: ms per step, not watched`] = median(ms['off'] ?? []);
    figures[`${name}: every step / not watched`] = median((ms['1'] ?? []).map((value, i) => value / (ms['off']?.[i] ?? NaN)));
    figures[`${name}: auto / not watched`] = median((ms['auto'] ?? []).map((value, i) => value / (ms['off']?.[i] ?? NaN)));
  }
  return figures;
}

/** Another one begins each round: what comes first after a pause is not always the same. */
function turned<T>(values: readonly T[], by: number): T[] {
  const from = ((by % values.length) + values.length) % values.length;
  return [...values.slice(from), ...values.slice(0, from)];
}
