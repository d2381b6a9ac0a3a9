import type { EndEvent, FindingEvent } from '../telemetry/events.js';
import { INTERRUPTED, stopOnInterrupt } from './interrupts.js';
import { openRunLog, type RunLog } from './run-log.js';
import type { RunSink } from './run-outbox.js';
import { RunSession } from './run-session.js';
import type { CliCommand } from './cli-arguments.js';
import path from 'node:path';
import { CheckView } from './terminal/check-view.js';
import { figure } from './terminal/format.js';
import { JsonSink } from './terminal/json-sink.js';
import { listenToKeys } from './terminal/keys.js';
import { LiveView } from './terminal/live-view.js';
import { PlainView } from './terminal/plain-view.js';
import { createStyle } from './terminal/style.js';
import { errorOfModule } from './user-module.js';

type RunCommand = Extract<CliCommand, { command: 'train' | 'check' }>;

/** Trains or checks in this process. Returns the exit code; throws AppError where the run cannot start or fails. */
export async function runCommand(asked: RunCommand): Promise<number> {
  const checkOnly = asked.command === 'check';
  const interactive = !asked.json && !checkOnly && process.stdin.isTTY && process.stderr.isTTY;
  const view = checkOnly ? createCheckView(asked.json) : createView(interactive);
  let log: RunLog | null = null;
  const session = new RunSession(asked.options, asked.json ? [view, new JsonSink(process.stdout)] : [view], {
    checkOnly,
    pauseMeansStop: !interactive,
    saveWeights: true,
    opened: (prepared) => {
      view.document = prepared.document;
      log = checkOnly ? null : openRunLog(prepared, (reason) => view.log('warn', reason));
      return log === null ? [] : [log];
    },
  });
  const release = listen(session, interactive);
  try {
    const result = await session.run();
    if (!asked.json && !checkOnly && !release.interrupted()) tellResult(result.end);
    if (log !== null) process.stderr.write(`run log: ${path.relative('', (log as RunLog).directory)}\n`);
    return release.interrupted() ? INTERRUPTED : codeOf(result);
  } finally {
    release.all();
    (log as RunLog | null)?.close();
  }
}

/** 3 where there is an error finding or the run diverged. */
export function codeOf({ end, findings }: { end: EndEvent; findings: readonly FindingEvent[] }): number {
  return end.status === 'diverged' || findings.some((finding) => finding.severity === 'error') ? 3 : 0;
}

function createView(interactive: boolean): (PlainView | LiveView) & RunSink {
  const style = createStyle(process.stderr, process.env);
  if (process.stderr.isTTY) return new LiveView(process.stderr, style, interactive);
  return new PlainView((line) => process.stderr.write(`${line}\n`), style);
}

/** With --json stdout is for events alone. */
function createCheckView(json: boolean): CheckView {
  const [out, note] = [json ? process.stderr : process.stdout, process.stderr];
  return new CheckView((line) => out.write(`${line}\n`), (line) => note.write(`${line}\n`), createStyle(out, process.env)); // prettier-ignore
}

/**
 * Signals, keys and a reader that goes away all end in a graceful stop; a second interrupt ends at once. What a module of the
 * user leaves behind and nobody catches ends the run in an error.
 */
function listen(session: RunSession, interactive: boolean): { interrupted(): boolean; all(): void } {
  const { interrupt, interrupted, release } = stopOnInterrupt(() => session.control.stop());
  const uncaught = (error: unknown): void => session.control.fail(errorOfModule(error) ?? error);
  process.on('uncaughtException', uncaught).on('unhandledRejection', uncaught);
  const releaseKeys = interactive ? listenToKeys(process.stdin, session.control, interrupt) : () => undefined;
  return {
    interrupted,
    all: () => {
      releaseKeys();
      release();
      process.off('uncaughtException', uncaught).off('unhandledRejection', uncaught);
    },
  };
}

function tellResult({ test }: EndEvent): void {
  const results = Object.entries({ loss: test?.loss, ...test?.metrics });
  for (const [name, value] of results)
    if (value !== undefined) process.stdout.write(`Test ${name}: ${name === 'accuracy' ? value.toFixed(3) : figure(value)}\n`);
}
