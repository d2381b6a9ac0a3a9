import os from 'node:os';
import path from 'node:path';
import { TRAINER_FLAGS } from '../src/telemetry/trainer-protocol.js';
import { bundleContestant } from './bundle.js';
import { NETS, type BenchNet } from './nets.js';
import { Contestant, median, type Turn } from './turns.js';

const ROUNDS = 15;
const WARM_UP_TURNS = 2;
/** The cpu backend takes a second for a step of a convolution. */
const SLOW_STEPS = 2;
/** Steps after which memory is looked at; net b is the one with a bound after 2,000. */
const LONG_RUN = { early: 10, late: 1000, steps: { b: 2000 } as Record<string, number> };

interface Entry {
  label: string;
  contestant: Contestant;
  turn: Turn & { description: BenchNet };
}

/**
 * Wall time per step of our loop, telemetry on (`auto`), against TensorFlow.js as it comes, Keras and PyTorch. Each is a
 * process of its own and they take turns, so a ratio (the median over the rounds) is of the same minutes. PEERS_PYTHON names the
 * Python that has the peers.
 */
export async function measureEngine(names: readonly string[] = Object.keys(NETS)): Promise<Record<string, number>> {
  console.log(
    `${os.cpus()[0]?.model ?? 'unknown processor'}, ${os.cpus().length} cores, Node ${process.version}, load ${os.loadavg()[0]?.toFixed(1)}`,
  );
  const [ours, stock] = await Promise.all([bundleContestant('ours'), bundleContestant('stock')]);
  const figures: Record<string, number> = { 'load before': os.loadavg()[0] ?? NaN };
  for (const name of names) {
    const net = NETS[name];
    if (net === undefined) continue;
    process.stderr.write(`${name}: ${net.title}\n`);
    const turn = { net: name, steps: net.steps, description: net };
    const node = (file: string) => Contestant.start(process.execPath, [file]);
    const entries: Entry[] = [
      { label: 'ours', contestant: Contestant.start(process.execPath, [...TRAINER_FLAGS, ours]), turn: { ...turn, variant: 'auto' } },
      { label: 'stock wasm', contestant: node(stock), turn: { ...turn, variant: 'wasm', steps: Math.ceil(net.steps / 4) } },
      ...(name === 'c' ? [{ label: 'stock cpu', contestant: node(stock), turn: { ...turn, variant: 'cpu', steps: SLOW_STEPS } }] : []),
      ...(await peers(turn)),
    ];
    const ms = await race(name, entries);
    for (const { contestant } of entries) await contestant.end();
    for (const [label, values] of ms) {
      figures[`${name}: ${label}, ms per step`] = median(values);
      if (label !== 'ours')
        figures[`${name}: ours / ${label}`] = median((ms.get('ours') ?? []).map((value, i) => value / (values[i] ?? NaN)));
    }
  }
  for (const name of names) {
    process.stderr.write(`${name}: ${LONG_RUN.steps[name] ?? LONG_RUN.late} steps for the memory\n`);
    Object.assign(figures, await longRun(ours, name));
  }
  return { ...figures, 'load after': os.loadavg()[0] ?? NaN };
}

async function peers(turn: Omit<Entry['turn'], 'variant'>): Promise<Entry[]> {
  const python = process.env['PEERS_PYTHON'] ?? 'python3';
  const entries: Entry[] = [];
  for (const peer of ['keras', 'torch']) {
    const contestant = Contestant.start(python, [path.join(import.meta.dirname, 'peers', 'peers.py'), peer]);
    try {
      const { version } = await contestant.read();
      entries.push({ label: peer, contestant, turn: { ...turn, variant: peer } });
      if (turn.net === 'a') console.log(String(version));
    } catch (error) {
      if (turn.net === 'a') console.log(`Not measured: ${(error as Error).message}`);
    }
  }
  return entries;
}

/** Milliseconds per step of each round by label; who fails is named and left out. */
async function race(name: string, entries: Entry[]): Promise<Map<string, number[]>> {
  const ms = new Map<string, number[]>();
  let racing = [...entries];
  for (let round = -WARM_UP_TURNS; round < ROUNDS; round++)
    for (const entry of racing) {
      try {
        const { ms: total } = await entry.contestant.take(entry.turn);
        if (round >= 0) ms.set(entry.label, [...(ms.get(entry.label) ?? []), total / entry.turn.steps]);
      } catch (error) {
        console.log(`${name}: ${entry.label} cannot train it: ${(error as Error).message.split('\n')[0]}`);
        racing = racing.filter((other) => other !== entry);
        ms.delete(entry.label);
      }
    }
  return ms;
}

/** Tensors and resident memory of each net, early and late in a long run of a process of its own; and what runs on fallback. */
async function longRun(bundle: string, net: string): Promise<Record<string, number>> {
  const { early, late } = LONG_RUN;
  const steps = LONG_RUN.steps[net] ?? late;
  const contestant = Contestant.start(process.execPath, [...TRAINER_FLAGS, bundle]);
  const first = await contestant.take({ net, variant: 'auto', steps: early });
  const middle = await contestant.take({ net, variant: 'auto', steps: late - early });
  const last = steps > late ? await contestant.take({ net, variant: 'auto', steps: steps - late }) : middle;
  await contestant.end();
  const fallbacks = first.fallbacks ?? [];
  console.log(`${net}: ${fallbacks.length === 0 ? 'every layer on own kernels' : `on fallback: ${fallbacks.join('; ')}`}`);
  return {
    [`${net}: layers on fallback`]: fallbacks.length,
    [`${net}: tensors after ${early} steps`]: first.tensors ?? NaN,
    [`${net}: tensors after ${late} steps`]: middle.tensors ?? NaN,
    [`${net}: resident MiB after ${early} steps`]: first.residentMiB,
    [`${net}: resident MiB after ${late} steps`]: middle.residentMiB,
    ...(steps > late ? { [`${net}: resident MiB after ${steps} steps`]: last.residentMiB } : {}),
  };
}
