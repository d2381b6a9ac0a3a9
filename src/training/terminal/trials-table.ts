import type { TrialEvent } from '../../telemetry/events.js';
import type { TrialsResult } from '../../telemetry/trials-protocol.js';
import { figure } from './format.js';
import type { Style } from './style.js';

const HEAD = ['', 'fix', 'verdict', 'loss', 'of trivial', 'untouched', 'worst gradient', 'steps', 'seeds', 's'];

/** The trials, best first, as a table, what stopped them, and the result in words. */
export function trialsTable({ status, trials, reason, cost, best, steps, fullRun }: TrialsResult, style: Style): string[] {
  if (trials.length === 0) return [reason];
  const rows = trials.map((trial, i) => rowOf(trial, i + 1));
  const widths = HEAD.map((head, c) => Math.max(head.length, ...rows.map((row) => (row[c] ?? '').length)));
  const line = (cells: readonly string[]): string => cells.map((cell, c) => (c < 3 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0))).join('  '); // prettier-ignore
  const paint = { fixes: style.green, helps: style.cyan, 'no-effect': style.dim, worse: style.red };
  const notes = trials.flatMap(({ stopped, title }) => (stopped === undefined ? [] : [style.dim(`  ${title ?? ''}: ${stopped}`)]));
  return [
    style.bold(line(HEAD)),
    ...rows.map((row, i) => paint[trials[i]?.verdict ?? 'no-effect'](line(row))),
    ...notes,
    '',
    status === 'fixed' ? style.green(reason) : reason,
    ...(best?.why === undefined ? [] : [`  ${best.why}`]),
    style.dim(`  ${steps} steps in all, ${Math.round(100 * cost)} % of a full run of ${fullRun}`),
  ];
}

function rowOf(trial: TrialEvent, place: number): string[] {
  const { title, fix, verdict, loss, share, controlShare, worstNorm, steps, seeds, seconds } = trial;
  const number = (value: number | undefined): string => (value === undefined ? '' : figure(value));
  return [String(place), title ?? fix, verdict, figure(loss), number(share), number(controlShare), number(worstNorm), String(steps), String(seeds), seconds.toFixed(1)]; // prettier-ignore
}
