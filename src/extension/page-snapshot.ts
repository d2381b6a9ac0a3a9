import { previewEdits } from '../config/edits.js';
import { locate } from '../config/positions.js';
import type { FixSearchService } from './fix-search.js';
import type { FindingEvent } from '../telemetry/events.js';
import { otherMetrics, pageFrames, type MetricColumns, type PageMetric } from '../telemetry/page-frames.js';
import type { FixCard, FixSearchState, PageFinding, RunSnapshot, RunSummary } from '../telemetry/page-protocol.js';
import { followFindings, type FixPlan } from './fix-plan.js';
import type { RunMirror } from './run-mirror.js';
import { searchLine } from './trial-words.js';
import { say } from './language.js';

/**
 * A run for a page that has nothing yet, of the figures of its layers one metric only (page-frames.ts).
 * @param text the config as it stands now, null where it is gone
 */
export function runSnapshot(
  run: RunMirror,
  config: string,
  plans: readonly FixPlan[],
  text: string | null,
  metric: PageMetric,
): RunSnapshot {
  const frames = run.frames();
  return {
    run: run.key,
    config,
    state: run.state,
    stateReason: run.stateReason,
    healthyStep: run.healthyStep,
    course: run.course,
    branches: run.branches,
    forecasts: run.forecasts,
    start: run.start,
    frames: frames === null ? null : pageFrames(frames, metric, weightsOf(run)),
    epochs: run.epochs,
    findings: pageFindings(run, text),
    fixes: fixCards(plans, text, run),
    trials: run.trials,
    fallbacks: run.fallbacks,
    end: run.end,
    error: run.error === null ? undefined : { message: run.error.message, action: run.error.action },
  };
}

/** What `runSnapshot` has left out of the frames. */
export function restOfFrames(run: RunMirror, metric: PageMetric): MetricColumns[] {
  const frames = run.frames();
  return frames === null ? [] : otherMetrics(frames, metric, weightsOf(run));
}

function weightsOf({ start }: RunMirror): number[] {
  return start?.layers.map(({ parameters }) => parameters) ?? [];
}

/** The findings of a run with the lines of their keys in the present text. One whose key is gone has no line. */
export function pageFindings(run: RunMirror, text: string | null): PageFinding[] {
  return run.findings.map((finding) => ({ ...finding, line: lineOf(finding, run, text), past: run.past.get(finding) }));
}

/** The fixes as cards, each with what it would change in the present text. */
export function fixCards(plans: readonly FixPlan[], text: string | null, run: Pick<RunMirror, 'course'>): FixCard[] {
  return plans.map(({ fix, edits, answers, inPlace, disabledReason, trial }) => ({
    id: fix.id,
    title: fix.title,
    why: fix.why,
    live: fix.live,
    diff: text === null || edits.length === 0 ? [] : previewEdits(text, edits),
    answers,
    disabledReason,
    applied: inPlace || undefined,
    appliedLive: run.course.find((event) => event.event === 'change' && event.fix === fix.id)?.step,
    trial,
  }));
}

/** The search for a working fix of a config, where one goes on. */
export function searchState({ searching, progress }: FixSearchService, configFile: string): FixSearchState | null {
  if (searching !== configFile) return null;
  return progress === null ? { line: say('Starting'), spent: 0 } : { line: searchLine(progress), spent: progress.spent };
}

/** `stored` is what the disk knows of the same run. */
export function runSummary(run: RunMirror, config: string, stored?: RunSummary): RunSummary {
  return {
    ...(stored === undefined ? {} : { label: stored.label, recorded: true, losses: stored.losses }),
    run: run.key,
    time: new Date(run.startedAt).toISOString(),
    config,
    status: run.state,
    steps: Math.max(0, run.lastStep),
    loss: run.end?.loss ?? run.latest?.loss ?? NaN,
    baselineLoss: run.start?.baseline.loss ?? NaN,
  };
}

function lineOf(finding: FindingEvent, run: RunMirror, text: string | null): number | undefined {
  if (text === null) return undefined;
  const [followed] = followFindings([finding], run.configText, text);
  return followed === undefined ? undefined : locate(text, followed.at, { nearest: true })?.line;
}
