import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import { AppError } from '../../config/app-error.js';
import { recordedReport, type ReportAssets } from '../../fixes/recorded-report.js';
import { readRun } from './read-run.js';

/** What `gradwatch report` is asked for. */
export interface ReportCommand {
  command: 'report';
  /** Absolute path of a run directory or a run log. */
  run: string;
  /** Absolute path of the file to write; undefined: report.html beside the log. */
  out: string | undefined;
  /** Absolute path of a second run to lay over it. */
  compare: string | undefined;
}

/** Writes the report of a run and tells where. Returns the exit code; throws AppError. */
export async function reportCommand({ run: place, out, compare }: ReportCommand): Promise<number> {
  const { run, config, truncated, logFile } = await readRun(place);
  if (truncated) process.stderr.write('note: the last line of the log was cut off; everything before it is in the report\n');
  if (config === null) process.stderr.write('note: there is no config beside the log: the report has no config text and no fixes\n');
  const other = compare === undefined ? null : await readRun(compare);
  const { html, frames } = await recordedReport({ run, config }, other, readAssets(), { pack, sha256, docs });
  const file = out ?? path.join(path.dirname(logFile), 'report.html');
  write(file, html);
  process.stderr.write(`${size(Buffer.byteLength(html))}, ${frames === run.frameCount ? '' : `${frames} of `}${run.frameCount} frames\n`);
  process.stdout.write(`${file}\n`);
  return 0;
}

const deflate = promisify<Uint8Array, Buffer>(deflateRaw);
const pack = async (bytes: Uint8Array): Promise<string> => (await deflate(bytes)).toString('base64');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

/** Folder of the built program. */
const DIST = path.dirname(process.argv[1] ?? '');

function readAssets(): ReportAssets {
  try {
    const text = (name: string) => readFileSync(path.join(DIST, name), 'utf8');
    return {
      script: text('dashboard.js'),
      style: text('dashboard.css'),
      reportStyle: text('report.css'),
      font: readFileSync(path.join(DIST, 'codicon.ttf'), 'base64'),
    };
  } catch (cause) {
    throw new AppError('internal', 'The page of the report is missing beside the program.', 'Install Gradwatch again.', { file: DIST }, { cause }); // prettier-ignore
  }
}

async function docs(finding: string): Promise<string | null> {
  try {
    return readFileSync(path.join(DIST, '..', 'docs', 'findings', `${path.basename(finding)}.md`), 'utf8');
  } catch {
    return null;
  }
}

function write(file: string, html: string): void {
  try {
    writeFileSync(file, html);
  } catch (cause) {
    const { code = String(cause) } = cause as NodeJS.ErrnoException;
    throw new AppError('arguments', `The report cannot be written here: ${code}.`, 'Name another file with --out.', { file }, { cause });
  }
}

function size(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
