import type { PageFinding } from '../../src/telemetry/page-protocol.js';
import type { RunView } from '../run/dashboard-state.js';
import { runStatus } from './run-status.js';
import { ranked, type Level, type Verdict } from './verdict.js';
import { say } from '../language/language.js';

/** New findings that are told one by one; of more only the worst and their number. */
const MOST_TOLD = 3;

/** What of a run has been told to those who listen. */
export interface Told {
  run: string;
  findings: ReadonlySet<string>;
  status: string;
  level: Level;
}

/**
 * What is new since the last telling, in words: the state where it is another, each new finding, the headline where the verdict is
 * worse without one. Of a run that comes new onto the page its state and, where something is wrong, its headline. Empty: nothing.
 */
export function newsOf(run: RunView, { level, headline }: Verdict, told: Told | null): { text: string; told: Told } {
  const status = runStatus(run, level).text;
  const now: Told = { run: run.run, findings: new Set(run.findings.map(keyOf)), status, level };
  const sentence = (text: string) => say('{0}.', text.replace(/[.。]$/, ''));
  if (told?.run !== run.run) return { text: [status, ...(level === 'calm' ? [] : [headline])].map(sentence).join(' '), told: now };
  const fresh = ranked(run.findings).filter((finding) => finding.past === undefined && !told.findings.has(keyOf(finding)));
  const parts = status === told.status ? [] : [status];
  if (fresh.length > MOST_TOLD) parts.push(say('{0} new findings', fresh.length), fresh[0]?.message ?? '');
  else parts.push(...fresh.map(({ message }) => message));
  if (fresh.length === 0 && level !== told.level && level !== 'calm') parts.push(headline);
  return { text: parts.map(sentence).join(' '), told: now };
}

function keyOf({ id, step, layer }: PageFinding): string {
  return `${id}/${step}/${layer ?? ''}`;
}
