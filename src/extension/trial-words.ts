import { formatNumber } from '../diagnosis/format-number.js';
import type { TrialEvent } from '../telemetry/events.js';
import type { TrialProgress, TrialsMessage, TrialsPhase } from '../telemetry/trials-protocol.js';
import { say } from './language.js';

/** What a trial has shown, short enough for a title: "verified: loss 0.25 of baseline". */
export function trialResult({ verdict, share, stopped }: TrialEvent): string {
  const loss =
    share !== undefined && Number.isFinite(share) ? say('loss {0} of baseline', formatNumber(share)) : say('the loss is no number');
  switch (verdict) {
    case 'fixes':
      return say('verified: {0}', loss);
    case 'helps':
      return say('helps in a trial: {0}', loss);
    case 'no-effect':
      return stopped === undefined ? say('no effect in a trial') : say('no effect in a trial ({0})', stopped);
    case 'worse':
      return say('worse in a trial: {0}', loss);
  }
}

/** The same with the figures of the control beside it, for a place with more room. */
export function trialDetail(trial: TrialEvent): string {
  const { steps, controlShare, worstNorm, seeds } = trial;
  const control =
    controlShare === undefined
      ? ''
      : say('; untouched: {0}', Number.isFinite(controlShare) ? formatNumber(controlShare) : say('the loss is no number'));
  const norm = worstNorm === undefined ? '' : say('; largest gradient norm {0}', formatNumber(worstNorm));
  const repeats = seeds > 1 ? say(', {0} seeds', seeds) : '';
  return say('{0} after {1} steps', trialResult(trial), formatNumber(steps)) + repeats + control + norm;
}

const PHASES: Record<TrialsPhase, () => string> = {
  diagnosing: () => say('Training the config as it is'),
  trying: () => say('Trying single fixes'),
  verifying: () => say('Verifying the best'),
  confirming: () => say('Confirming with other seeds'),
  'trying-pairs': () => say('Trying other fixes and pairs'),
};

/** One line on how far a search is: what it does, how many were tried, the best so far. */
export function searchLine({ phase, trials }: Extract<TrialsMessage, { type: 'progress' }>): string {
  const candidates = trials.filter(({ fix }) => fix !== null);
  const control = trials.find(({ fix }) => fix === null);
  if (candidates.length === 0) return say('{0}: step {1}', PHASES[phase](), formatNumber(control?.steps ?? 0));
  const over = candidates.filter(({ state }) => state !== 'waiting' && state !== 'running').length;
  const best = bestOf(candidates);
  const bestText = best === undefined ? '' : say('. Best so far: {0} (loss {1} of baseline)', best.title, formatNumber(best.share));
  return say('{0}: {1} of {2} through', PHASES[phase](), over, candidates.length) + bestText;
}

function bestOf(trials: readonly TrialProgress[]): TrialProgress | undefined {
  const able = trials.filter(({ state, share }) => state !== 'lost' && state !== 'crashed' && Number.isFinite(share));
  return able.sort((a, b) => a.share - b.share)[0];
}
