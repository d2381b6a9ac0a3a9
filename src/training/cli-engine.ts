import type { EngineCommand } from './cli-engine-arguments.js';
import { engineStatus, type EngineStatus } from './engine/native/engine-status.js';
import { defaultInstallFolder } from './engine/native/install-folder.js';
import { installNative, type Installed } from './engine/native/install-native.js';
import { INTERRUPTED } from './interrupts.js';

/** `gradwatch engine status | install`. Returns the exit code; throws AppError with the next command. */
export async function engineCommand(asked: EngineCommand): Promise<number> {
  return asked.action === 'status' ? showStatus(asked) : install(asked);
}

async function showStatus({ json, projectDir }: Extract<EngineCommand, { action: 'status' }>): Promise<number> {
  const status = await engineStatus({ projectDir, trusted: true });
  process.stdout.write(json ? `${JSON.stringify(status)}\n` : statusText(status));
  return 0;
}

/** The status for people. */
export function statusText({ engines, lookedIn, auto }: EngineStatus): string {
  const lines = engines.map(({ engine, runs, reason }) => `${engine.padEnd(11)} ${runs ? 'runs' : 'does not run'}: ${reason}`);
  const places = lookedIn.map(({ folder, from, found }) => `  ${found ? 'found' : '     '} ${folder} (${from})`);
  const next = engines.flatMap((engine) => (engine.next === null ? [] : [`Next: ${engine.next}`]));
  return [...lines, `auto        ${auto}`, 'tfjs-node was looked for in', ...places, ...next, ''].join('\n');
}

/** Progress to stderr, the result to stdout; with --json both as lines of JSON on stdout. */
async function install(asked: Extract<EngineCommand, { action: 'install' }>): Promise<number> {
  const { json, python, libtensorflow, into = defaultInstallFolder(process.env) } = asked;
  const report = (text: string): void => {
    if (json) process.stdout.write(`${JSON.stringify({ event: 'progress', text })}\n`);
    else process.stderr.write(`${text}\n`);
  };
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const installed = await installNative({ python, libtensorflow, into, report, signal: interruption.signal });
    process.stdout.write(json ? `${JSON.stringify({ event: 'installed', ...installed })}\n` : installedText(installed, asked.into));
    return 0;
  } catch (error) {
    if (interruption.signal.aborted) {
      process.stderr.write('Interrupted; nothing was installed.\n');
      return INTERRUPTED;
    }
    throw error;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function installedText({ folder, library, version, stepMs }: Installed, into: string | undefined): string {
  const how = into === undefined ? 'Gradwatch finds it there.' : `Set GRADWATCH_TENSORFLOW=${folder}, or gradwatch.tensorflowPath in the editor.`; // prettier-ignore
  return `tfjs-node ${version} with ${library} is in ${folder} and trains (${stepMs.toPrecision(3)} ms a step of a small model).\n${how}\n`;
}
