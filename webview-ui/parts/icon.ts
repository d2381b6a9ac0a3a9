import { html, type TemplateResult } from 'lit';
import type { Severity } from '../../src/telemetry/events.js';
import { say } from '../language/language.js';

/** A codicon, hidden from assistive technology: the words beside it say the same. */
export function icon(name: string, tone = ''): TemplateResult {
  const turning = name === 'loading' ? 'codicon-modifier-spin' : '';
  return html`<span class="icon codicon codicon-${name} ${turning} ${tone}" aria-hidden="true"></span>`;
}

export const SEVERITY_NAMES: Record<Severity, string> = { error: say('error'), warning: say('warning'), info: say('note') };

export function severityIcon(severity: Severity): TemplateResult {
  return icon(severity, severity);
}
