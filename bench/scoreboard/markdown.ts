import type { Row } from './judge-run.js';
import type { FindingScore, RuleScore, Summary } from './summary.js';

/** The scores as Markdown tables. `head` says what they were measured on. */
export function toMarkdown(head: string, summary: Summary, rules: RuleScore[], findings: FindingScore[], rows: readonly Row[]): string {
  return [head, totals(summary), rulesTable(rules), findingsTable(findings), rowsTable(rows)].join('\n\n') + '\n';
}

function totals(s: Summary): string {
  return table(
    ['measure', 'result'],
    [
      ['faulty runs detected', `${s.detected} of ${s.faulty}${s.broken > 0 ? `, ${s.broken} broken` : ''}`],
      ['exploding runs named at or before harm', `${s.exploding - s.late} of ${s.exploding}, ${s.beforeTraining} of them before training`],
      ['lead to harm, median', `${s.medianLead} steps`],
      ['false alarms on healthy runs', `${s.falseAlarms} of ${s.healthy}`],
      ['right cause named', share(s.causesRight, s.causesKnown)],
      [
        'updates after the verdict, where trouble stops the run',
        s.afterVerdict === null ? 'not tried' : `at most ${percent(s.afterVerdict)}`,
      ],
      ['pre-flight', `${figure(s.medianPreflightSteps)} steps' time in the median; ${s.longPreflights} runs above both 10 steps and 2 s`],
    ],
  );
}

function rulesTable(rules: RuleScore[]): string {
  const lines = rules.map((r) => [r.name, r.source, `${r.inTime} of ${r.exploding}`, `${r.falseAlarms} of ${r.healthy}`]);
  return (
    '### Beside published rules, on the same frames\n\n' +
    table(['rule', 'source', 'exploding runs, fires by harm', 'healthy runs, fires'], lines)
  );
}

function findingsTable(findings: FindingScore[]): string {
  const lines = findings.map((f) => [
    `\`${f.id}\``,
    String(f.faulty),
    String(f.first),
    f.causesKnown === 0 ? '' : `${f.causesRight} of ${f.causesKnown}`,
    String(f.falseAlarms),
  ]);
  const head = ['finding', 'faulty runs', 'first to name the fault', 'right cause, where it led', 'false alarms'];
  return '### By finding\n\n' + table(head, lines);
}

function rowsTable(rows: readonly Row[]): string {
  const lines = rows.map((r) => [
    r.id,
    String(r.seed),
    r.verdict,
    r.harm === null ? '' : String(r.harm),
    r.at === null ? '' : r.at < 0 ? 'before training' : String(r.at),
    r.serious.join(', '),
    r.class === 'healthy' ? '' : `${r.cause ?? ''}${r.causeIsRight === false ? ' (not it)' : ''}`,
    figure(r.lossShare),
  ]);
  const head = ['case', 'seed', 'verdict', 'harm at step', 'named at step', 'warnings and errors', 'cause', 'final loss ÷ guessing'];
  return '### By run\n\n' + table(head, lines);
}

export function table(head: string[], lines: string[][]): string {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...lines.map(row)].join('\n');
}

function share(part: number, whole: number): string {
  return `${part} of ${whole} (${percent(part / whole)})`;
}

function percent(value: number): string {
  return `${Number((100 * value).toPrecision(3))} %`;
}

function figure(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(2))) : String(value);
}
