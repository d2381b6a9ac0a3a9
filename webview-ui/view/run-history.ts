import type { RunSummary } from '../../src/telemetry/page-protocol.js';
import type { RunView } from '../run/dashboard-state.js';
import { baselineLoss } from './run-facts.js';
import { recentLoss } from './verdict.js';

/** The host's list is of the moment of the snapshot: the run on show is told as the page knows it now, first where it is new. */
export function currentHistory(history: readonly RunSummary[], run: RunView): RunSummary[] {
  const known = history.find((other) => other.run === run.run);
  const now: RunSummary = {
    run: run.run,
    time: run.start?.time ?? known?.time ?? '',
    config: known?.config ?? run.config,
    status: run.state,
    steps: run.end?.steps ?? Math.max(0, run.store.lastStep),
    loss: run.end?.loss ?? recentLoss(run),
    baselineLoss: baselineLoss(run) ?? known?.baselineLoss ?? 0,
  };
  return known === undefined ? [now, ...history] : history.map((other) => (other === known ? now : other));
}
