import path from 'node:path';
import type { ConfigDocument } from '../../config/parse-config.js';
import type { FindingEvent } from '../../telemetry/events.js';
import type { Style } from './style.js';

/** A finding as lines: severity, id and cause with its place in the config, what it says, what answers it. */
export function findingText(finding: FindingEvent, document: ConfigDocument | null, style: Style): string {
  const colour = { error: style.red, warning: style.yellow, info: style.cyan }[finding.severity];
  const when = finding.phase === 'preflight' ? 'before training' : finding.phase === 'end' ? 'at the end' : `at step ${finding.step}`;
  const layer = finding.layer === null ? '' : `, layer ${finding.layer}`;
  const lines = [
    `${colour(style.bold(finding.severity))} ${style.bold(finding.id)} ${when}${layer}: ${finding.cause}`,
    `  ${finding.message}`,
  ];
  for (const line of finding.formula?.split('\n') ?? []) lines.push(`  ${style.dim(line)}`);
  if (document !== null) lines.push(`  ${placeText(finding, document)}`);
  if (finding.fixes.length > 0) lines.push(`  fixes: ${finding.fixes.join(', ')}`);
  return lines.join('\n');
}

/** `file:line:column`, which terminals make clickable. */
function placeText(finding: FindingEvent, document: ConfigDocument): string {
  const { line, column } = document.locate(finding.at);
  return `${path.relative('', document.file) || document.file}:${line}:${column}`;
}
