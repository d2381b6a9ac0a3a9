import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { loadCases, type ScoredCase } from './scoreboard/case-folder.js';
import { isWanted, readOptions } from './scoreboard/options.js';
import { repairCase, type RepairRow } from './scoreboard/repair-case.js';

const OWN_FOLDER = path.join(import.meta.dirname, 'cases/core');
/** Share of the cases that have to be repaired. */
const TARGET = 0.95;

/**
 * Repairs every repairable case with the built command line, and by three recipes that look at no trial: `--cases DIR` (may be
 * repeated), `--seeds N` (1 to N; without it the seeds of the configs), `--only PREFIX,...`, `--json FILE`, `--markdown FILE`. Returns
 * false where fewer than 95 % are repaired by the fix that is ranked first.
 */
export async function scoreRepair(args: string[]): Promise<boolean> {
  const options = readOptions(args, { folders: [OWN_FOLDER], seeds: [42], json: 'test-results/bench-repair.json' });
  const { folders, seeds, json, markdown: page } = options;
  const all = (await Promise.all(folders.map(loadCases))).flat();
  const cases = all.filter((scored) => scored.repairable === true && isWanted(scored, options));
  const rows = await repairAll(cases, seeds);
  const markdown = toMarkdown(rows, headOf(rows, seeds, folders.map((folder) => path.basename(folder)))); // prettier-ignore
  console.log(`\n${markdown}`);
  await mkdir(path.dirname(json), { recursive: true });
  await writeFile(json, JSON.stringify({ date: today(), node: process.version, seeds, rows }, null, 1));
  if (page !== null) await writeFile(page, markdown);
  return share(rows, ({ repaired }) => repaired) >= TARGET;
}

/** One case at a time: each search uses all cores. */
async function repairAll(cases: readonly ScoredCase[], seeds: readonly number[]): Promise<RepairRow[]> {
  const rows: RepairRow[] = [];
  for (const seed of seeds) {
    for (const scored of cases) {
      const row = await repairCase(scored, seed);
      rows.push(row);
      const ways = row.policies.map(({ repaired, cost }) => `${repaired ? 'yes' : 'no'} ${cost}x`).join(', ');
      console.log(`${row.repaired ? 'repaired' : 'NOT     '} ${row.id.padEnd(24)} ${row.status.padEnd(8)} ${row.best ?? '-'} (first: ${row.first ?? '-'} ${row.firstIsRight ? 'right' : 'wrong'}) ${row.cost.toFixed(2)}x; recipes ${ways}`); // prettier-ignore
    }
  }
  return rows;
}

function headOf(rows: readonly RepairRow[], seeds: readonly number[], folders: readonly string[]): string {
  const machine = `${os.cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
  return `Measured on ${today()} on the ${rows.length / seeds.length} repairable cases of ${folders.join(', ')}, ${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}; ${machine}.`;
}

function toMarkdown(rows: readonly RepairRow[], head: string): string {
  const percent = (part: number): string => `${Math.round(100 * part)} %`;
  const mean = (of: (row: RepairRow) => number): string => (rows.reduce((sum, row) => sum + of(row), 0) / rows.length).toFixed(2);
  const policies = (rows[0]?.policies ?? []).map(({ name }, i) => {
    const repaired = share(rows, (row) => row.policies[i]?.repaired === true);
    return `| ${name} | ${percent(repaired)} | ${mean((row) => row.policies[i]?.cost ?? 0)} × |`;
  });
  const shown = (row: RepairRow): string => (row.lossShare === null ? '–' : Number(row.lossShare.toPrecision(2)).toString());
  return [
    head,
    '',
    '| way | repaired | cost, in full runs |',
    '| --- | --- | --- |',
    `| \`gradwatch fix\`, its first ranked | ${percent(share(rows, (row) => row.repaired))} | ${mean((row) => row.cost)} × |`,
    `| the first candidate, without a trial | ${percent(share(rows, (row) => row.firstIsRight))} | 0 × |`,
    ...policies,
    '',
    '| case | fix | repaired | loss ÷ trivial | accuracy | first candidate | cost | clip 1 | rate ÷ 10 | AUTOTRAINER |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => {
      const others = row.policies.map(({ repaired }) => (repaired ? 'yes' : 'no')).join(' | ');
      const first = `${row.first ?? '–'}${row.firstIsRight ? '' : ' (no)'}`;
      return `| ${row.id} | ${row.best ?? '–'} | ${row.repaired ? 'yes' : '**no**'} | ${shown(row)} | ${row.accuracy === null ? '' : row.accuracy.toFixed(2)} | ${first} | ${row.cost.toFixed(2)} | ${others} |`;
    }),
    '',
  ].join('\n');
}

function share(rows: readonly RepairRow[], fits: (row: RepairRow) => boolean): number {
  return rows.length === 0 ? 1 : rows.filter(fits).length / rows.length;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
