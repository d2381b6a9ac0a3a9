import { AppError } from '../config/app-error.js';
import type { ConfigEdit } from '../config/config-path.js';
import { previewEdits } from '../config/edits.js';
import { parseConfig } from '../config/parse-config.js';
import type { DiffLine, FixCard } from '../telemetry/page-protocol.js';
import type { RecordedRun } from '../telemetry/recorded-run.js';
import { answersOf } from './answers.js';
import { proposeFixes } from './propose-fixes.js';

/** The run of which the cards tell what its fixes have done. */
type TriedRun = Pick<RecordedRun, 'findings' | 'trials' | 'course'>;

/** The fixes of a run's findings as cards, with what each would change in the text they speak of; none where that text is no config. */
export function fixCards({ findings, trials, course }: TriedRun, text: string, file: string): FixCard[] {
  const parsed = parseConfig(text, file);
  if (parsed.config === undefined) return [];
  return proposeFixes(findings, parsed.config).map(({ id, title, why, live, edits }) => ({
    id,
    title,
    why,
    live,
    diff: previewOf(text, edits),
    trial: trials.findLast((trial) => trial.fix === id),
    appliedLive: course.find((event) => event.event === 'change' && event.fix === id)?.step,
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
