import type { Config } from '../config/config-schema.js';
import type { RowLoss } from '../diagnosis/batch-rows.js';
import { createDiagnosis, type Diagnosis } from '../diagnosis/diagnosis.js';
import { ForecastBook } from '../diagnosis/forecast.js';
import type { MemoryState } from '../diagnosis/memory.js';
import type { PreflightReport } from '../diagnosis/preflight-report.js';
import { staticFindings } from '../diagnosis/static-checks.js';
import type { EndEvent, EpochEvent, FindingEvent, Frame } from '../telemetry/events.js';
import type { RunOutbox } from './run-outbox.js';
import type { PreparedRun } from './run-setup.js';

/** What is known of a run at one moment. */
export interface JudgeState {
  readonly risk: number;
  readonly memory: MemoryState;
}

/** The diagnosis of a run that goes on: tells what is found, and remembers what calls for a reaction. */
export class RunJudge {
  /** 0..1, as of the last frame. */
  risk = 0;
  /** Everything found in the course the run is on; what a rollback undid is no part of it. */
  findings: FindingEvent[] = [];
  /** An error finding the run has not yet reacted to. */
  trouble: FindingEvent | null = null;
  private diagnosis: Diagnosis;
  private report: PreflightReport | null = null;
  private rows: () => readonly RowLoss[] = () => [];
  private readonly forecasts = new ForecastBook();

  constructor(
    private readonly run: Pick<PreparedRun, 'config' | 'start'>,
    private readonly outbox: RunOutbox,
  ) {
    this.diagnosis = createDiagnosis({ config: run.config, start: run.start, preflight: null, rows: () => this.rows() });
  }

  preflight(report: PreflightReport): void {
    this.report = report;
    this.tell(this.diagnosis.preflight(report));
  }

  /** What the config alone proves, where nothing could be measured. */
  staticChecks(config: PreparedRun['config']): void {
    this.tell(staticFindings(config));
  }

  /** `rows` tells the losses of the single rows of the batch. */
  frame(frame: Frame, rows: () => readonly RowLoss[] = () => []): void {
    this.rows = rows;
    const { risk, riskEvidence, findings } = this.diagnosis.frame(frame);
    this.risk = risk;
    this.forecasts.frame(frame);
    this.outbox.frame(frame, risk, riskEvidence);
    this.tell(findings);
  }

  epoch(event: EpochEvent): void {
    this.tell(this.diagnosis.epoch(event));
  }

  end(event: EndEvent): void {
    this.tell(this.diagnosis.end(event));
    for (const score of this.forecasts.scores()) this.outbox.event(score);
  }

  /**
   * The run goes on with another config. What was known stays known, but the dry steps of the pre-flight were those of the old one,
   * and what was found before is answered by the change.
   */
  change(config: Config): void {
    const memory = this.diagnosis.save();
    const preflight = this.report === null ? null : { ...this.report, dry: [] };
    this.diagnosis = createDiagnosis({ config, start: this.run.start, preflight, rows: () => this.rows() });
    this.diagnosis.restore(memory);
    this.findings = [];
    this.trouble = null;
  }

  takeTrouble(): FindingEvent | null {
    const { trouble } = this;
    this.trouble = null;
    return trouble;
  }

  save(): JudgeState {
    return { risk: this.risk, memory: this.diagnosis.save() };
  }

  /** Back to what was known before `step`. */
  restore({ risk, memory }: JudgeState, step: number): void {
    this.diagnosis.restore(memory);
    this.risk = risk;
    this.trouble = null;
    this.forecasts.goBackTo(step);
    this.findings = this.findings.filter((finding) => finding.phase === 'preflight' || finding.step < step);
  }

  private tell(findings: readonly FindingEvent[]): void {
    for (const finding of findings) {
      this.findings.push(finding);
      this.forecasts.finding(finding);
      this.outbox.event(finding);
      if (finding.severity === 'error') this.trouble ??= finding;
    }
  }
}
