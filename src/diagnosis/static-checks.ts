import type { Config } from '../config/config-schema.js';
import type { FindingEvent } from '../telemetry/events.js';
import { isOff } from './config-facts.js';
import { DETECTORS } from './detectors.js';

/** What the config alone proves, without data or model: cheap enough to run as you type. */
export function staticFindings(config: Config): FindingEvent[] {
  return DETECTORS.flatMap((detector) => (isOff(config, detector.id) ? [] : (detector.check?.(config) ?? [])));
}
