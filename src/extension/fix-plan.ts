import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../config/app-error.js';
import { formatPath, type ConfigEdit, type ConfigPath } from '../config/config-path.js';
import { textEdits } from '../config/edits.js';
import { nodeValue, parseJsonc } from '../config/jsonc-tree.js';
import type { ConfigDocument } from '../config/parse-config.js';
import type { TextEdit } from '../config/splice-text.js';
import { answersOf, isInVain } from '../fixes/answers.js';
import type { Fix } from '../fixes/fix.js';
import { proposeFixes } from '../fixes/propose-fixes.js';
import type { FindingEvent, TrialEvent } from '../telemetry/events.js';
import { checkConfig } from './config-check.js';
import { followPath } from './follow-path.js';
import { say } from './language.js';

/** One fix, or two of them that trials have joined: "scale-inputs+lower-learning-rate". */
export type PlannedFix = Omit<Fix, 'id'> & { id: string };

/** A fix carried over to the text the editor shows now. */
export interface FixPlan {
  fix: PlannedFix;
  /** Its edits, with the paths of the present text; none where it is disabled. */
  edits: ConfigEdit[];
  /** The same as changes of the present text. */
  changes: TextEdit[];
  /** Ids of the findings it answers. */
  answers: string[];
  /** The present text has it already. */
  inPlace: boolean;
  /** Why it cannot be applied; absent when it can. */
  disabledReason?: string;
  /** What it has done in a trial of this very config. */
  trial?: TrialEvent;
}

/**
 * The fixes that were tried, best first, as edits of the present text. None where that text says something else than the one
 * that was tried: what was measured then proves nothing. Never throws.
 */
export function planTrials(
  trials: readonly TrialEvent[],
  findings: readonly FindingEvent[],
  triedText: string,
  presentText: string,
  file: string,
): FixPlan[] {
  const tried = checkConfig(triedText, file);
  const present = checkConfig(presentText, file);
  if (!tried.valid || !present.valid || !isDeepStrictEqual(tried.document.raw, present.document.raw)) return [];
  return trials.map((trial) => {
    const { fix: id, title = id, why = '', live = false } = trial;
    const edits = trial.edits as ConfigEdit[];
    const answers = answersOf(findings, id.split('+'));
    const plan = { fix: { id, title, why, live, edits }, answers, edits: [], changes: [], inPlace: false, trial };
    return { ...plan, ...asChanges(edits, present.document) };
  });
}

/** Tried fixes that do some good, then those nobody has tried, then those that did none. */
export function rankPlans(tried: readonly FixPlan[], proposed: readonly FixPlan[]): FixPlan[] {
  const isGood = ({ trial }: FixPlan) => trial?.verdict === 'fixes' || trial?.verdict === 'helps';
  const rest = proposed.filter(({ fix }) => !tried.some((other) => other.fix.id === fix.id));
  return [...tried.filter(isGood), ...rest, ...tried.filter((plan) => !isGood(plan))];
}

/** The one to take: the first that can be applied and was not tried in vain. */
export function bestPlan(plans: readonly FixPlan[]): FixPlan | undefined {
  return plans.find(({ disabledReason, trial }) => disabledReason === undefined && !isInVain(trial));
}

/**
 * The fixes for findings about one version of a config, best first, as edits of its present version. Values and order
 * come from the version the findings speak of, so that applying one does not change the others. Never throws.
 */
export function planFixes(findings: readonly FindingEvent[], judgedText: string, presentText: string, file: string): FixPlan[] {
  const judged = checkConfig(judgedText, file);
  if (!judged.valid) return [];
  const present = checkConfig(presentText, file);
  return proposeFixes(findings, judged.config).map((fix) => {
    const plan: FixPlan = { fix, answers: answersOf(findings, [fix.id]), edits: [], changes: [], inPlace: false };
    if (!present.valid) return { ...plan, disabledReason: say('The config has errors now. Correct them first.') };
    return { ...plan, ...carryOver(fix, judged.document.raw, present.document) };
  });
}

function carryOver(fix: Fix, judged: unknown, present: ConfigDocument): Partial<FixPlan> {
  const edits = followEdits(fix.edits, judged, present.raw);
  if (!Array.isArray(edits)) return { disabledReason: say('The config no longer has {0} as it was judged.', formatPath(edits.lost)) };
  return asChanges(edits, present);
}

function asChanges(edits: ConfigEdit[], present: ConfigDocument): Partial<FixPlan> {
  try {
    const changes = textEdits(present.text, edits, present.file);
    if (changes.length === 0) return { inPlace: true, disabledReason: say('The config has it already.') };
    return { edits, changes };
  } catch (error) {
    if (!AppError.is(error)) throw error;
    return { disabledReason: `${error.message} ${error.action}` };
  }
}

/** The edits with the paths of the present config, or the path that is lost. */
function followEdits(edits: readonly ConfigEdit[], judged: unknown, present: unknown): ConfigEdit[] | { lost: ConfigPath } {
  const followed: ConfigEdit[] = [];
  for (const edit of edits) {
    const path = movesEntries(edit) ? followList(edit.path, judged, present) : followPath(judged, present, edit.path);
    if (path === null) return { lost: edit.path };
    followed.push({ ...edit, path });
  }
  return followed;
}

/** It moves the entries of a list, so that the paths of the edits after it no longer mean the config as judged. */
function movesEntries(edit: ConfigEdit): boolean {
  return 'insert' in edit || ('remove' in edit && typeof edit.path.at(-1) === 'number');
}

/** Such an edit is carried over only where its list is unchanged. */
function followList(path: ConfigPath, judged: unknown, present: unknown): ConfigPath | null {
  const list = path.slice(0, -1);
  return isDeepStrictEqual(valueAt(judged, list), valueAt(present, list)) ? path : null;
}

function valueAt(root: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    return (value as Record<string | number, unknown>)[part];
  }, root);
}

/** The findings that still have a place in the present text, with their paths there. */
export function followFindings(findings: readonly FindingEvent[], judgedText: string, presentText: string): FindingEvent[] {
  if (judgedText === presentText) return [...findings];
  const judged = valueOf(judgedText);
  const present = valueOf(presentText);
  return findings.flatMap((finding) => {
    const at = followPath(judged, present, finding.at);
    return at === null ? [] : [{ ...finding, at: [...at] }];
  });
}

/** The value of a text, as far as it can be read. */
function valueOf(text: string): unknown {
  const { root } = parseJsonc(text);
  return root === undefined ? undefined : nodeValue(root);
}
