import type { RunBeside, RunView } from '../run/dashboard-state.js';
import { configDifference, type Setting } from './config-difference.js';
import { commonStretches } from './common-stretches.js';
import { layerParting } from './parting.js';

/** A layer that both runs have, and the step at which its gradient norms part; null where they do not. */
export interface LayerParting {
  name: string;
  step: number | null;
}

/** What two runs do not share, as of the last look at them. */
export interface Comparison {
  /** Settings that differ, as the configs write them. */
  settings: Setting[];
  /** The layers both have, the first to part first. */
  layers: LayerParting[];
}

/** Looks are rare and drawings many: what a look found is kept with it, until one of the runs starts anew. */
const known = new WeakMap<RunBeside, { starts: [unknown, unknown]; comparison: Comparison }>();

/** Compares a run with the one beside it; the same object again while neither the look nor a start is another. */
export function comparisonOf(run: RunView, beside: RunBeside): Comparison {
  const kept = known.get(beside);
  if (kept?.starts[0] === run.start && kept.starts[1] === beside.run.start) return kept.comparison;
  const comparison = {
    settings: configDifference(run.start?.config, beside.run.start?.config),
    layers: layerPartings(run, beside.run),
  };
  known.set(beside, { starts: [run.start, beside.run.start], comparison });
  return comparison;
}

function layerPartings(run: RunView, other: RunView): LayerParting[] {
  const stretches = commonStretches(run.store, other.store);
  const partings = (run.start?.layers ?? []).flatMap(({ name }, a) => {
    const b = other.start?.layers.findIndex((layer) => layer.name === name) ?? -1;
    return b < 0 ? [] : [{ name, step: layerParting(run.store, other.store, 'gradNorm', a, b, stretches) }];
  });
  return partings.sort((x, y) => (x.step ?? Infinity) - (y.step ?? Infinity));
}
