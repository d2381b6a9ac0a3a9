import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AppError } from '../../src/config/app-error.js';
import type { ConfigEdit } from '../../src/config/config-path.js';
import { applyConfigEdits } from '../../src/config/edits.js';
import { loadConfig } from '../../src/config/parse-config.js';
import { proposeFixes } from '../../src/fixes/propose-fixes.js';
import type { FindingEvent } from '../../src/telemetry/events.js';
import { decodeLine } from '../../src/telemetry/json-lines.js';
import type { ScoredCase } from './case-folder.js';
import { accuracyOf, lossShareOf, recordRun, type RecordedRun } from './record-run.js';
import { POLICIES } from './repair-policies.js';

const CLI = path.join(import.meta.dirname, '../../dist/cli.js');

/** One case, repaired in every way. A cost is in updates, as a share of those of a full run. */
export interface RepairRow {
  id: string;
  folder: string;
  class: string;
  seed: number;
  /** How `gradwatch fix` ended, and what it ranks first. */
  status: string;
  best: string | null;
  /** The config with the first ranked fix passes a full run. */
  repaired: boolean;
  /** Final loss / the trivial predictor's, and the accuracy, of that run. */
  lossShare: number | null;
  accuracy: number | null;
  /** The first candidate, before any trial, and whether it alone passes a full run. */
  first: string | null;
  firstIsRight: boolean;
  cost: number;
  seconds: number;
  policies: { name: string; repaired: boolean; cost: number }[];
}

/** What `gradwatch fix` printed. */
interface FixOutput {
  findings: FindingEvent[];
  result: { status: string; best: { fix: string; edits: ConfigEdit[] } | null; cost: number; seconds: number } | null;
}

/** Repairs a case in every way, in a folder of its own: nothing of the case is changed. */
export async function repairCase(scored: ScoredCase, seed: number): Promise<RepairRow> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gradwatch-repair-'));
  try {
    const text = await readFile(scored.configFile, 'utf8');
    await cp(path.join(path.dirname(scored.configFile), '../data'), path.join(folder, 'data'), { recursive: true });
    const configFile = path.join(folder, 'case', path.basename(scored.configFile));
    await mkdir(path.dirname(configFile));
    await writeFile(configFile, text);
    return await repairIn(configFile, text, scored, seed);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function repairIn(configFile: string, text: string, scored: ScoredCase, seed: number): Promise<RepairRow> {
  const { findings, result } = await runFix(configFile, seed);
  const { config } = loadConfig(text, configFile);
  const tried = new Map<string, RecordedRun>();
  const trained = async (edits: readonly ConfigEdit[]): Promise<RecordedRun | null> => {
    const edited = edit(text, edits, configFile);
    if (edited === null) return null;
    await writeFile(configFile, edited);
    const run = tried.get(edited) ?? (await recordRun({ configFile, seed, onTrouble: 'continue' }));
    tried.set(edited, run);
    return run;
  };
  const best = result?.best == null ? null : await trained(result.best.edits);
  const first = proposeFixes(findings, config).find((fix) => edit(text, fix.edits, configFile) !== null);
  const firstRun = first === undefined ? null : await trained(first.edits);
  const policies: RepairRow['policies'] = [];
  for (const { name, attempts } of POLICIES) {
    let repaired = false;
    let runs = 0;
    for (const edits of attempts(findings, config)) {
      const run = await trained(edits);
      if (run === null) continue;
      runs++;
      repaired = isRepaired(run);
      if (repaired) break;
    }
    policies.push({ name, repaired, cost: runs });
  }
  return {
    id: scored.id,
    folder: scored.folder,
    class: scored.class,
    seed,
    status: result?.status ?? 'broken',
    best: result?.best?.fix ?? null,
    repaired: best !== null && isRepaired(best),
    lossShare: best === null ? null : lossShareOf(best),
    accuracy: best === null ? null : accuracyOf(best),
    first: first?.id ?? null,
    firstIsRight: firstRun !== null && isRepaired(firstRun),
    cost: result?.cost ?? 0,
    seconds: result?.seconds ?? 0,
    policies,
  };
}

/** No error finding in a full run, and half of what the trivial predictor leaves has been learned: by the loss, or by the accuracy. */
export function isRepaired(run: RecordedRun): boolean {
  const { start, end, findings } = run;
  if (start === null || end === null || !Number.isFinite(end.loss)) return false;
  if (findings.some(({ severity }) => severity === 'error')) return false;
  const guess = start.baseline.accuracy;
  const accuracy = accuracyOf(run);
  return end.loss <= 0.5 * start.baseline.loss || (accuracy !== null && guess !== undefined && accuracy >= guess + 0.5 * (1 - guess));
}

function edit(text: string, edits: readonly ConfigEdit[], file: string): string | null {
  try {
    return applyConfigEdits(text, edits, file);
  } catch (error) {
    if (AppError.is(error)) return null;
    throw error;
  }
}

async function runFix(configFile: string, seed: number): Promise<FixOutput> {
  const child = spawn(process.execPath, [CLI, 'fix', configFile, '--json', '--seed', String(seed)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
  await new Promise((resolve) => child.on('close', resolve));
  const lines = out.trim().split('\n').map((line) => decodeLine(line, []) as unknown as { event: string }); // prettier-ignore
  return {
    findings: lines.filter(({ event }) => event === 'finding') as unknown as FindingEvent[],
    result: (lines.find(({ event }) => event === 'result') ?? null) as FixOutput['result'],
  };
}
