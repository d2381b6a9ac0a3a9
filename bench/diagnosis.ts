import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { loadCases, type ScoredCase } from './scoreboard/case-folder.js';
import { judgeRun, shareAfterVerdict, type Row } from './scoreboard/judge-run.js';
import { toMarkdown } from './scoreboard/markdown.js';
import { isWanted, readOptions } from './scoreboard/options.js';
import { recordRun } from './scoreboard/record-run.js';
import { isFaulty, scoreFindings, scoreRules, summarise } from './scoreboard/summary.js';

const CASES = path.join(import.meta.dirname, 'cases');
/** The folders of this repository; `--cases` names others. */
const OWN_FOLDERS = ['core', 'broad', 'more'].map((name) => path.join(CASES, name));
const JOBS = 2;

/**
 * Trains every case with the built command line and scores what was found: `--cases DIR` (may be repeated), `--seeds N` (1 to N),
 * `--only PREFIX,...`, `--json FILE`, `--markdown FILE`. Two runs at a time. Returns false where a fault was missed or told too late,
 * a healthy run was warned of, or a run broke.
 */
export async function scoreDiagnosis(args: string[]): Promise<boolean> {
  const options = readOptions(args, { folders: OWN_FOLDERS, seeds: [1], json: 'test-results/bench-diagnosis.json' });
  const cases = (await Promise.all(options.folders.map(loadCases))).flat();
  const chosen = cases.filter((scored) => isWanted(scored, options));
  const work = options.seeds.flatMap((seed) => chosen.map((scored) => ({ scored, seed })));
  const rows = await scoreAll(work);
  const [summary, rules, findings] = [summarise(rows), scoreRules(rows), scoreFindings(rows)];
  const measured = {
    date: new Date().toISOString().slice(0, 10),
    processor: os.cpus()[0]?.model ?? 'unknown',
    node: process.version,
    folders: options.folders.map((folder) => path.basename(folder)),
    cases: chosen.length,
    seeds: options.seeds,
  };
  const head =
    `Measured on ${measured.date} on ${measured.cases} cases (${measured.folders.join(', ')}), ` +
    `${measured.seeds.length === 1 ? 'seed' : 'seeds'} ${measured.seeds.join(', ')}; ${measured.processor}, Node ${measured.node}, two runs at a time.`;
  const markdown = toMarkdown(head, summary, rules, findings, rows);
  await mkdir(path.dirname(options.json), { recursive: true });
  await writeFile(options.json, JSON.stringify({ ...measured, ...counts(rows), summary, rules, findings, rows }, null, 1));
  if (options.markdown !== null) await writeFile(options.markdown, markdown);
  console.log(
    `\n${toMarkdown(
      head,
      summary,
      rules,
      findings,
      rows.filter((row) => row.verdict !== 'ok'),
    )}`,
  );
  return counts(rows).failed === 0;
}

/** In the order of `work`. */
async function scoreAll(work: { scored: ScoredCase; seed: number }[]): Promise<Row[]> {
  const rows: Row[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < work.length; i = next++) {
      const { scored, seed } = work[i] as (typeof work)[number];
      const row = await scoreOne(scored, seed);
      rows[i] = row;
      console.log(progressLine(row));
    }
  };
  await Promise.all(Array.from({ length: JOBS }, worker));
  return rows;
}

/** Trains to the end whatever is found, for harm; where an error was found, again until the guard stops it. */
async function scoreOne(scored: ScoredCase, seed: number): Promise<Row> {
  const { configFile } = scored;
  const run = await recordRun({ configFile, seed, onTrouble: 'continue' });
  const row = judgeRun(scored, seed, run);
  if (!isFaulty(row) || !run.findings.some((finding) => finding.severity === 'error')) return row;
  return { ...row, afterVerdict: shareAfterVerdict(await recordRun({ configFile, seed, onTrouble: 'stop' })) };
}

function progressLine({ verdict, id, seed, harm, at, serious, lossShare, error }: Row): string {
  const facts = [`harm ${harm ?? '-'}`, `named ${at ?? '-'}`, `loss ${lossShare.toPrecision(2)}`, serious.join(','), error];
  return `${verdict.padEnd(11)} ${id.padEnd(24)} seed ${seed} ${facts.join('  ')}`;
}

/** For a runner of tests: each run is a test. */
function counts(rows: readonly Row[]): { passed: number; failed: number } {
  const passed = rows.filter((row) => row.verdict === 'ok').length;
  return { passed, failed: rows.length - passed };
}
