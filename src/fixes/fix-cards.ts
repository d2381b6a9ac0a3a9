import { AppError } from '../config/app-error.js';
import type { ConfigEdit } from '../config/config-path.js';
import { previewEdits } from '../config/edits.js';
import { parseConfig } from '../config/parse-config.js';
import type { FindingEvent, TrialEvent } from '../telemetry/events.js';
import type { DiffLine, FixCard } from '../telemetry/page-protocol.js';
import { answersOf } from './answers.js';
import { proposeFixes } from './propose-fixes.js';

/** The fixes of findings as cards, with what each would change in the text they speak of; none where that text is no config. */
export function fixCards(findings: readonly FindingEvent[], text: string, file: string, trials: readonly TrialEvent[] = []): FixCard[] {
  const parsed = parseConfig(text, file);
  if (parsed.config === undefined) return [];
  return proposeFixes(findings, parsed.config).map(({ id, title, why, live, edits }) => ({
    id,
    title,
    why,
    live,
    diff: previewOf(text, edits),
    trial: trials.findLast((trial) => trial.fix === id),
    answers: answersOf(findings, [id]),
  }));
}

/** What the edits would change; nothing where they do not fit the text. */
function previewOf(text: string, edits: readonly ConfigEdit[]): DiffLine[] {
  try {
    return previewEdits(text, edits);
  } catch (error) {
    if (AppError.is(error)) return [];
    throw error;
  }
}
