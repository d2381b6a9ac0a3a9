import { formatNumber } from '../../diagnosis/format-number.js';
import type { FindingEvent } from '../../telemetry/events.js';
import type { TrialsResult } from '../../telemetry/trials-protocol.js';

type Outcome = Pick<TrialsResult, 'status' | 'best' | 'trials' | 'steps' | 'fullRun' | 'ended' | 'findings'>;

/** One or two sentences with the numbers: what was found, or why nothing works. */
export function reasonOf(outcome: Outcome): string {
  const { status, best, steps, ended } = outcome;
  switch (status) {
    case 'healthy':
      return ended === 'seconds'
        ? `No problem was found in the ${count(steps, 'step')} there was time for.`
        : `The config is healthy: ${count(steps, 'step')} of training, no warning and no error.`;
    case 'fixed':
      return `${best?.title ?? ''}: after ${count(best?.steps ?? 0, 'step')} the loss is ${shareText(best?.share)}${beside(outcome)}.`;
    case 'helps':
      return `No fix was proven${endText(ended)}. Best so far: ${best?.title ?? ''}, ${shareText(best?.share)} after ${count(best?.steps ?? 0, 'step')}${beside(outcome)}.`;
    case 'cancelled':
      return `Cancelled after ${count(steps, 'step')} in ${count(outcome.trials.length, 'trial')}.`;
    case 'none':
      return noneText(outcome);
  }
}

/** "0.25 of the trivial predictor's" */
function shareText(share: number | undefined): string {
  return share === undefined || !Number.isFinite(share) ? 'not a number' : `${formatNumber(share)} of the trivial predictor's`;
}

function beside({ best }: Outcome): string {
  if (best?.controlShare === undefined) return '';
  return ` (untouched: ${Number.isFinite(best.controlShare) ? formatNumber(best.controlShare) : `the loss is ${String(best.control)}`})`;
}

function noneText({ trials, findings, ended }: Outcome): string {
  if (trials.length === 0) return `No fix is known for ${idsOf(findings)}${endText(ended)}.`;
  const reached = Math.min(...trials.map(({ share = Infinity }) => (Number.isNaN(share) ? Infinity : share)));
  const errors = [...new Set(trials.flatMap(({ stopped }) => stopped ?? []))].slice(0, 3);
  const why = errors.length > 0 ? `; ${errors.join('; ')}` : '';
  return `None of the ${count(trials.length, 'fix', 'fixes')} tried works${endText(ended)}: the lowest loss was ${shareText(reached)}${why}.`;
}

function endText(ended: Outcome['ended']): string {
  return ended === 'seconds' ? ' before the time was up' : ended === 'share' ? ' within the budget of steps' : '';
}

function idsOf(findings: readonly FindingEvent[]): string {
  return findings.filter(({ severity }) => severity !== 'info').map(({ id }) => id).join(', '); // prettier-ignore
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${formatNumber(n)} ${n === 1 ? one : many}`;
}
