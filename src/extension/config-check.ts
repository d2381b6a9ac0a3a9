import type { AppError } from '../config/app-error.js';
import type { Config } from '../config/config-schema.js';
import { parseConfig, type ConfigDocument } from '../config/parse-config.js';
import { staticFindings } from '../diagnosis/static-checks.js';
import type { FindingEvent } from '../telemetry/events.js';

/** What the text of a config says by itself. */
export type ConfigCheck =
  { valid: true; config: Config; document: ConfigDocument; findings: FindingEvent[] } | { valid: false; problems: AppError[] };

/** Reads and checks a config without its data. Pure; remembers the last few texts, because views ask for the same one. */
export function checkConfig(text: string, file: string): ConfigCheck {
  const key = `${file}\n${text}`;
  const known = recent.get(key);
  if (known !== undefined) return known;
  const check = readAndCheck(text, file);
  recent.set(key, check);
  if (recent.size > MAX_REMEMBERED) recent.delete(recent.keys().next().value as string);
  return check;
}

const MAX_REMEMBERED = 8;
const recent = new Map<string, ConfigCheck>();

function readAndCheck(text: string, file: string): ConfigCheck {
  const parsed = parseConfig(text, file);
  if (parsed.errors !== undefined) return { valid: false, problems: parsed.errors };
  return { valid: true, config: parsed.config, document: parsed.document, findings: staticFindings(parsed.config) };
}
