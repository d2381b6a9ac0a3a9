import { formatNumber } from '../diagnosis/format-number.js';
import type { TrialEvent } from '../telemetry/events.js';
import type { TrialProgress, TrialsMessage, TrialsPhase } from '../telemetry/trials-protocol.js';

/** What a trial has shown, short enough for a title: "verified: loss 0.25 of baseline". */
export function trialResult({ verdict, share, stopped }: TrialEvent): string {
  const loss = share !== undefined && Number.isFinite(share) ? `loss ${formatNumber(share)} of baseline` : 'the loss is no number';
  switch (verdict) {
    case 'fixes':
      return `verified: ${loss}`;
    case 'helps':
      return `helps in a trial: ${loss}`;
    case 'no-effect':
      return `no effect in a trial${stopped === undefined ? '' : ` (${stopped})`}`;
    case 'worse':
      return `worse in a trial: ${loss}`;
  }
}

/** The same with the figures of the control beside it, for a place with more room. */
export function trialDetail(trial: TrialEvent): string {
  const { steps, controlShare, worstNorm, seeds } = trial;
  const control =
    controlShare === undefined
      ? ''
      : `; untouched: ${Number.isFinite(controlShare) ? formatNumber(controlShare) : 'the loss is no number'}`;
  const norm = worstNorm === undefined ? '' : `; largest gradient norm ${formatNumber(worstNorm)}`;
  const repeats = seeds > 1 ? `, ${seeds} seeds` : '';
  return `${trialResult(trial)} after ${formatNumber(steps)} steps${repeats}${control}${norm}`;
}

const PHASES: Record<TrialsPhase, string> = {
  diagnosing: 'Training the config as it is',
  trying: 'Trying single fixes',
  verifying: 'Verifying the best',
  confirming: 'Confirming with other seeds',
  'trying-pairs': 'Trying other fixes and pairs',
};

/** One line on how far a search is: what it does, how many were tried, the best so far. */
export function searchLine({ phase, trials }: Extract<TrialsMessage, { type: 'progress' }>): string {
  const candidates = trials.filter(({ fix }) => fix !== null);
  const control = trials.find(({ fix }) => fix === null);
  if (candidates.length === 0) return `${PHASES[phase]}: step ${formatNumber(control?.steps ?? 0)}`;
  const over = candidates.filter(({ state }) => state !== 'waiting' && state !== 'running').length;
  const best = bestOf(candidates);
  const bestText = best === undefined ? '' : `. Best so far: ${best.title} (loss ${formatNumber(best.share)} of baseline)`;
  return `${PHASES[phase]}: ${over} of ${candidates.length} through${bestText}`;
}

function bestOf(trials: readonly TrialProgress[]): TrialProgress | undefined {
  const able = trials.filter(({ state, share }) => state !== 'lost' && state !== 'crashed' && Number.isFinite(share));
  return able.sort((a, b) => a.share - b.share)[0];
}
