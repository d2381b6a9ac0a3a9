import { AppError } from '../../config/app-error.js';
import type { ConfigEdit } from '../../config/config-path.js';
import type { Config } from '../../config/config-schema.js';
import { applyConfigEdits } from '../../config/edits.js';
import { parseConfig } from '../../config/parse-config.js';
import { EVIDENCE } from '../../diagnosis/finding.js';
import { formatNumber } from '../../diagnosis/format-number.js';
import { changeOptimizer } from '../../fixes/change-optimizer.js';
import type { Fix, FixId } from '../../fixes/fix.js';
import { proposeFixes } from '../../fixes/propose-fixes.js';
import { raiseLearningRate } from '../../fixes/raise-learning-rate.js';
import type { FindingEvent } from '../../telemetry/events.js';

/** A config as one fix or two of them would make it. */
export interface Candidate {
  /** One fix, or two that follow each other. */
  fixes: readonly Fix[];
  /** Edits of the original text, one after the other. */
  edits: readonly ConfigEdit[];
  text: string;
  config: Config;
}

/** A config and where it is from. */
export interface ConfigText {
  file: string;
  text: string;
  config: Config;
}

const RATE_FIXES: ReadonlySet<FixId> = new Set(['lower-learning-rate', 'raise-learning-rate']);

/** What the trial of a candidate has shown. */
export interface PairEvidence {
  findings: readonly FindingEvent[];
  stableRate: number | null;
}

/** Fixes that only shorten or shrink a run cannot be judged by a shorter run. */
const UNTRIED: ReadonlySet<FixId> = new Set(['early-stop', 'limit-data']);

/** Single fixes for these findings, those of causes first. Fixes that leave the config invalid or as it is are left out. */
export function singleCandidates(findings: readonly FindingEvent[], written: ConfigText): Candidate[] {
  const fixes = proposeFixes(findings, written.config);
  return distinct(fixes.map((fix) => candidateOf(null, fix, written, written.config)), new Set([written.text])); // prettier-ignore
}

/**
 * Pairs that build on a candidate: what its own trial calls for, measured there; where that went well but slowly, a higher rate or
 * another optimizer; then the other fixes for what is wrong with the original.
 */
export function pairCandidates(
  base: Candidate,
  { findings: own, stableRate }: PairEvidence,
  original: readonly FindingEvent[],
  written: ConfigText,
): Candidate[] {
  const there: ConfigText = { file: written.file, text: base.text, config: base.config };
  const has = new Set(base.fixes.map(({ id }) => id));
  const hasError = own.some(({ severity }) => severity === 'error');
  const fixes = [
    ...proposeFixes(own.filter(({ severity }) => severity !== 'info'), base.config), // prettier-ignore
    ...(hasError ? [] : speedUps(original, stableRate, base.config, has)),
    ...proposeFixes(original, base.config).filter(({ id }) => !has.has(id)),
  ];
  return distinct(fixes.map((fix) => candidateOf(base, fix, there, written.config)), new Set([base.text])); // prettier-ignore
}

/** With the figures of this config, not of the original. */
function speedUps(original: readonly FindingEvent[], stableRate: number | null, config: Config, has: ReadonlySet<FixId>): Fix[] {
  const [finding] = original;
  if (finding === undefined) return [];
  const planned = original.map(({ evidence }) => evidence[EVIDENCE.plannedSteps]).find((steps) => steps !== undefined);
  const evidence = {
    ...(planned === undefined ? {} : { [EVIDENCE.plannedSteps]: planned }),
    ...(stableRate === null ? {} : { [EVIDENCE.stableRate]: stableRate }),
  };
  return [raiseLearningRate, changeOptimizer].flatMap((kind) => (has.has(kind.id) ? [] : kind.make({ ...finding, evidence }, config)));
}

function candidateOf(base: Candidate | null, fix: Fix, { file, text }: ConfigText, original: Config): Candidate | null {
  if (UNTRIED.has(fix.id)) return null;
  try {
    const after = parseConfig(applyConfigEdits(text, fix.edits, file), file);
    if (after.config === undefined) return null;
    // A value that is set again replaces the first one: that is one fix with a better value.
    const before = base?.fixes ?? [];
    const kept = before.filter(({ id }) => id !== fix.id && !(RATE_FIXES.has(id) && RATE_FIXES.has(fix.id)));
    const isReplaced = kept.length < before.length && RATE_FIXES.has(fix.id);
    const last = isReplaced ? rateFix(fix, after.config, original) : fix;
    const edits = [...(base?.edits ?? []), ...fix.edits];
    return { fixes: [...kept, last], edits, text: after.document.text, config: after.config };
  } catch (error) {
    if (AppError.is(error)) return null;
    throw error;
  }
}

/** A rate that was lowered and raised again is one fix: it is named by what it is beside the original. */
function rateFix(fix: Fix, { training }: Config, original: Config): Fix {
  const rate = training.optimizer.learningRate;
  const isLower = rate < original.training.optimizer.learningRate;
  const title = `${isLower ? 'Lower' : 'Raise'} the learning rate to ${formatNumber(rate)}`;
  return { ...fix, id: isLower ? 'lower-learning-rate' : 'raise-learning-rate', title };
}

function distinct(candidates: readonly (Candidate | null)[], seen: Set<string>): Candidate[] {
  return candidates.filter((candidate): candidate is Candidate => {
    if (candidate === null || seen.has(candidate.text)) return false;
    seen.add(candidate.text);
    return true;
  });
}

/** "scale-inputs+lower-learning-rate" */
export function nameOf({ fixes }: Candidate): string {
  return fixes.map(({ id }) => id).join('+');
}

export function titleOf({ fixes }: Candidate): string {
  return fixes.map(({ title }, i) => (i === 0 ? title : title.charAt(0).toLowerCase() + title.slice(1))).join(', ');
}
