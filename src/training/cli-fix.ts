import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../config/app-error.js';
import type { ConfigEdit } from '../config/config-path.js';
import { decodeConfigBytes } from '../config/decode-config.js';
import { applyConfigEdits } from '../config/edits.js';
import { loadConfig } from '../config/parse-config.js';
import type { TrialEvent } from '../telemetry/events.js';
import { encodeEvent } from '../telemetry/json-lines.js';
import type { TrialsMessage, TrialsResult } from '../telemetry/trials-protocol.js';
import type { CliCommand } from './cli-arguments.js';
import { INTERRUPTED, stopOnInterrupt } from './interrupts.js';
import { readConfigText } from './read-config.js';
import { findingText } from './terminal/finding-text.js';
import { createStyle } from './terminal/style.js';
import { TrialsView } from './terminal/trials-view.js';
import { trialsTable } from './terminal/trials-table.js';
import { searchFix } from './trials/search.js';

type FixCommand = Extract<CliCommand, { command: 'fix' }>;

/** `gradwatch fix`. Returns the exit code; throws AppError where the config cannot be trained. */
export async function fixCommand({ json, write, request }: FixCommand): Promise<number> {
  const text = await readConfigText(request.configFile);
  const { document } = loadConfig(text, request.configFile);
  const style = createStyle(process.stderr, process.env);
  const view = new TrialsView(process.stderr, style);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const hear = (message: TrialsMessage): void => {
    if (message.type === 'progress') view.progress(message);
    if (message.type !== 'finding') return;
    if (json) say(encodeEvent(message.finding));
    else if (message.finding.severity !== 'info') view.note(findingText(message.finding, document, style));
  };
  const search = searchFix({ ...request, configText: text }, hear);
  const { release } = stopOnInterrupt(() => search.cancel());
  let result: TrialsResult;
  try {
    result = await search.done;
  } finally {
    release();
    view.close();
  }
  const written = write && result.status !== 'cancelled' && result.best !== null;
  if (written && result.best !== null) await applyFix(request.configFile, text, result.best);
  if (json) tellJson(result, written, say);
  else for (const line of trialsTable(result, createStyle(process.stdout, process.env))) say(line);
  if (written) process.stderr.write(`written: ${path.relative('', request.configFile) || request.configFile}\n`);
  return codeOf(result, written);
}

/** 3 where the config that stands in the file has an error finding. */
function codeOf({ status, findings }: TrialsResult, written: boolean): number {
  if (status === 'cancelled') return INTERRUPTED;
  if (status === 'fixed' && written) return 0;
  return findings.some(({ severity }) => severity === 'error') ? 3 : 0;
}

function tellJson({ trials, best, ...result }: TrialsResult, written: boolean, say: (line: string) => void): void {
  for (const trial of trials) say(encodeEvent(trial));
  const short = best === null ? null : { fix: best.fix, title: best.title, why: best.why, verdict: best.verdict, edits: best.edits };
  const findings = result.findings.map(({ id }) => id);
  say(encodeEvent({ ...result, best: short, tried: trials.length, findings, written } as unknown as TrialsResult));
}

/** Writes the fix into the config as it is now. Throws AppError where it was changed meanwhile, or cannot be written. */
async function applyFix(file: string, text: string, { edits }: TrialEvent): Promise<void> {
  if (decodeConfigBytes(await readFile(file), file) !== text) {
    throw new AppError('config-invalid', 'The config was changed while fixes were tried: nothing was written.', 'Run "gradwatch fix" again.', { file }); // prettier-ignore
  }
  try {
    await writeFile(file, applyConfigEdits(text, edits as ConfigEdit[], file));
  } catch (cause) {
    if (AppError.is(cause)) throw cause;
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new AppError(
      'arguments',
      `The config cannot be written (${code}).`,
      'Make it writable, or leave --write out.',
      { file },
      { cause },
    );
  }
}
