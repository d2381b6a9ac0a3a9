import type { Severity } from '../telemetry/events.js';
import { thresholdOf } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { CAUSES, finding } from './finding.js';
import { formatNumber } from './format-number.js';
import type { PreflightReport } from './preflight-report.js';

/** Rows of the largest class / of the smallest. */
const IMBALANCE = 10;
/** Shares of the rows that are worth a note. */
const DUPLICATE_SHARE = 0.1;
const CONFLICT_SHARE = 0.02;
/** Share of the targets' variance that the inputs cannot explain: nine tenths is no better than guessing. */
const UNEXPLAINED_SHARE = 0.9;
/** Names told in one message. */
const NAMED = 3;

interface Flaw {
  severity: Severity;
  message: string;
  evidence: Record<string, number | string>;
  formula: string;
}

/**
 * The training rows are flawed: columns that are constant or repeat another one, rows that repeat, equal inputs with different
 * targets (label noise), classes ten times as frequent as others. All of these are notes, of which the first is said. A target
 * that is the same in every row is a warning, since there is nothing to learn from it, and so are inputs that mostly repeat while rows
 * with equal inputs differ as much in their target as any rows do. Cells that are no numbers are `non-finite`.
 *
 * Formula: shares and counts over the training split, as the model sees it. False alarms: few possible inputs (xor,
 * categories) repeat by nature, and the border of images is constant: those are notes.
 */
export const badData: Detector = {
  id: 'bad-data',
  create(context) {
    return {
      preflight(report) {
        const flaws = [constantTarget, contradiction, constantColumns, repeatedColumns, imbalance, conflicts, repeatedRows];
        const found = flaws.flatMap((flaw) => flaw(report, context) ?? []);
        const [first] = found;
        if (first === undefined) return [];
        return [
          finding({
            id: 'bad-data',
            severity: first.severity,
            message: first.message,
            cause: CAUSES.data,
            at: ['data'],
            fixes: ['clean-data', 'limit-data'],
            evidence: Object.fromEntries([['samples', report.samples], ...found.flatMap((flaw) => Object.entries(flaw.evidence))]),
            formula: first.formula,
            caveat: 'Measured on the training split.',
          }),
        ];
      },
    };
  },
};

function constantTarget({ targets, samples }: PreflightReport): Flaw | null {
  const constant = samples > 1 && targets.length > 0 && targets.every(isConstantTarget);
  if (!constant) return null;
  const value = formatNumber(targets[0]?.min ?? NaN);
  const evidence = { 'target minimum': targets[0]?.min ?? NaN, 'target maximum': targets[0]?.max ?? NaN };
  return { severity: 'warning', message: 'The target is the same in every row: there is nothing to learn', evidence, formula: `smallest = largest target\n= ${value}` }; // prettier-ignore
}

function contradiction({ data, samples }: PreflightReport): Flaw | null {
  const share = data?.unexplainedShare ?? 0;
  if (!(share > UNEXPLAINED_SHARE)) return null;
  const message = `Rows with equal inputs have different targets: ${formatNumber(100 * Math.min(1, share))} % of their variance cannot be learned`;
  const evidence = { 'unexplained share': share, 'conflicting rows': data?.conflictingRows ?? 0 };
  return { severity: 'warning', message, evidence, formula: `variance of the target, equal inputs ÷ all\n${formatNumber(share)} of ${formatNumber(samples)} rows > ${UNEXPLAINED_SHARE}` }; // prettier-ignore
}

function isConstantTarget({ classCounts, min, max }: PreflightReport['targets'][number]): boolean {
  return classCounts === null ? min === max : classCounts.filter((count) => count > 0).length === 1;
}

function constantColumns({ features }: PreflightReport): Flaw | null {
  const constant = features.filter(({ min, max }) => min === max).map(({ name }) => name);
  if (constant.length === 0 || features.length < 2) return null;
  const message = `${namesOf(constant)} the same in every row: ${constant.length === 1 ? 'it tells' : 'they tell'} nothing`;
  const evidence = { 'constant columns': constant.length, 'first constant column': constant[0] as string };
  return { severity: 'info', message, evidence, formula: `smallest = largest value\nin ${constant.length} of ${features.length} columns` };
}

function repeatedColumns({ data, features }: PreflightReport): Flaw | null {
  const repeated = data?.repeatedColumns ?? [];
  const [first] = repeated;
  if (first === undefined) return null;
  const message = `Column ${first.name} repeats ${first.of}${repeated.length > 1 ? `, and ${repeated.length - 1} more repeat others` : ''}`;
  const evidence = { 'repeated columns': repeated.length, 'first repeated column': first.name };
  return { severity: 'info', message, evidence, formula: `equal columns\n${repeated.length} of ${features.length}` };
}

function imbalance({ targets }: PreflightReport, { config }: DetectorContext): Flaw | null {
  const limit = thresholdOf(config, 'bad-data', IMBALANCE);
  const counts = (targets.find((t) => t.classCounts !== null)?.classCounts ?? []).filter((count) => count > 0);
  if (counts.length < 2) return null;
  const largest = Math.max(...counts);
  const smallest = Math.min(...counts);
  if (!(largest > limit * smallest)) return null;
  const message = `One class has ${formatNumber(largest)} rows, another ${formatNumber(smallest)}: accuracy says little here`;
  const evidence = { 'rows of the largest class': largest, 'rows of the smallest class': smallest };
  return { severity: 'info', message, evidence, formula: `largest ÷ smallest class\n${formatNumber(largest)} ÷ ${formatNumber(smallest)} = ${formatNumber(largest / smallest)} > ${formatNumber(limit)}` }; // prettier-ignore
}

function conflicts({ data, samples }: PreflightReport): Flaw | null {
  const rows = data?.conflictingRows ?? 0;
  if (!(rows > CONFLICT_SHARE * samples)) return null;
  const message = `${formatNumber(rows)} rows have the inputs of an earlier row but another target`;
  return { severity: 'info', message, evidence: { 'conflicting rows': rows }, formula: `equal inputs, different target\n${formatNumber(rows)} ÷ ${formatNumber(samples)} rows` }; // prettier-ignore
}

function repeatedRows({ data, samples }: PreflightReport): Flaw | null {
  const rows = data?.repeatedRows ?? 0;
  if (!(rows > DUPLICATE_SHARE * samples)) return null;
  const message = `${formatNumber(rows)} of ${formatNumber(samples)} training rows repeat an earlier one`;
  return { severity: 'info', message, evidence: { 'repeated rows': rows, 'different rows': samples - rows }, formula: `repeated rows ÷ rows\n${formatNumber(rows)} ÷ ${formatNumber(samples)}` }; // prettier-ignore
}

function namesOf(names: readonly string[]): string {
  const more = names.length - NAMED;
  const told = names.slice(0, NAMED).join(', ');
  if (names.length === 1) return `Column ${told} is`;
  return `Columns ${told}${more > 0 ? ` and ${more} more` : ''} are`;
}
