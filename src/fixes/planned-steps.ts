import type { Config } from '../config/config-schema.js';
import { EVIDENCE } from '../diagnosis/finding.js';
import type { FindingEvent } from '../telemetry/events.js';
import { evidenceNumber } from './evidence-number.js';

/** Length of a run where neither the finding nor the config tells. */
const UNKNOWN_STEPS = 2000;

/** Updates the run was to make. */
export function plannedSteps(finding: FindingEvent, config: Config): number {
  return evidenceNumber(finding, EVIDENCE.plannedSteps) ?? config.training.steps ?? UNKNOWN_STEPS;
}
