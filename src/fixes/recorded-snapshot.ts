import { locate } from '../config/positions.js';
import { isConfigName } from '../config/config-name.js';
import type { FindingEvent, StartEvent } from '../telemetry/events.js';
import type { PageFinding, RunSnapshot } from '../telemetry/page-protocol.js';
import { unfinishedNote, type RecordedRun } from '../telemetry/recorded-run.js';
import { fixCards } from './fix-cards.js';

/** A config as it lies beside a run log. */
export interface RecordedConfig {
  name: string;
  text: string;
}

/** Names of the copy of a run's config among those that lie beside its log, the likeliest first: the one its start names. */
export function configNames({ configFile }: Pick<StartEvent, 'configFile'>, names: readonly string[]): string[] {
  const named = configFile === undefined ? [] : [configFile.split(/[\\/]/).at(-1) ?? ''];
  return [...named, ...names].filter(isConfigName);
}

/** A recorded run as the page shows it: findings with their lines in the config that was trained, fixes with what each would change there. */
export function recordedSnapshot(run: RecordedRun, config: RecordedConfig | null): RunSnapshot {
  const { start, frames, epochs, findings, past, course, branches, forecasts, trials, fallbacks, end, state, stateReason } = run;
  const error = unfinishedNote(run);
  return {
    run: start.run,
    config: config?.name ?? start.configFile?.split(/[\\/]/).at(-1) ?? '',
    state: error === undefined ? state : 'failed',
    stateReason,
    start,
    frames,
    epochs,
    findings: findings.map((finding) => ({ ...placed(finding, config), past: past.get(finding) })),
    fixes: config === null ? [] : fixCards(run, config.text, config.name),
    course,
    branches,
    forecasts,
    trials,
    fallbacks,
    end,
    error,
  };
}

function placed(finding: FindingEvent, config: RecordedConfig | null): PageFinding {
  const line = config === null || finding.at.length === 0 ? undefined : locate(config.text, finding.at, { nearest: true })?.line;
  return line === undefined ? finding : { ...finding, line };
}
