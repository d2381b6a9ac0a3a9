import type { EndEvent, EpochEvent, Evidence, FindingEvent, Frame, Severity } from '../telemetry/events.js';
import { isOff } from './config-facts.js';
import type { DetectorContext, DetectorRun, DiagnosisContext } from './detector.js';
import { DETECTORS } from './detectors.js';
import { Memory, type MemoryState } from './memory.js';
import type { PreflightReport } from './preflight-report.js';
import { staticFindings } from './static-checks.js';
import { Vitals, VITALS_FIXED } from './vitals.js';

/** The judgement of all detectors over one run. Feed it everything the run says, in order. */
export interface Diagnosis {
  /** Static and pre-flight findings; call once, before the first frame. */
  preflight(report: PreflightReport): FindingEvent[];
  /** New findings at a frame, and the risk 0..1 with the evidence behind it. */
  frame(frame: Frame): FrameJudgement;
  epoch(epoch: EpochEvent): FindingEvent[];
  end(end: EndEvent): FindingEvent[];
  /** All that it remembers now: given to `restore`, here or in a diagnosis of a changed config, it judges on from there. */
  save(): MemoryState;
  restore(state: MemoryState): void;
}

export interface FrameJudgement {
  findings: FindingEvent[];
  /** 0..1 */
  risk: number;
  riskEvidence: Evidence[];
}

const RANK: Record<Severity, number> = { info: 1, warning: 2, error: 3 };

/**
 * Starts the diagnosis of a run. Pure: the same numbers give the same findings, live or replayed. A finding is said once;
 * it is said again only when it has become more severe.
 */
export function createDiagnosis(context: DiagnosisContext): Diagnosis {
  const memory = new Memory();
  const vitals = memory.remember('vitals', new Vitals(context.config, context.start), VITALS_FIXED);
  if (context.preflight !== null) vitals.setReport(context.preflight);
  const shared: DetectorContext = { ...context, vitals, memory };
  const runs = DETECTORS.filter((d) => !isOff(context.config, d.id)).flatMap((d): DetectorRun[] => (d.create ? [d.create(shared)] : []));
  const said: Record<string, number> = memory.remember('said', {});

  const latch = (findings: FindingEvent[]): FindingEvent[] =>
    findings.filter((f) => {
      if (RANK[f.severity] <= (said[f.id] ?? 0)) return false;
      said[f.id] = RANK[f.severity];
      return true;
    });
  const collect = (say: (run: DetectorRun) => FindingEvent | null | undefined): FindingEvent[] =>
    latch(runs.map(say).filter((f): f is FindingEvent => f !== null && f !== undefined));

  return {
    preflight(report) {
      vitals.setReport(report);
      // With the data at hand a detector repeats its static finding with more evidence, so those come first.
      return latch([...runs.flatMap((run) => run.preflight?.(report) ?? []), ...staticFindings(context.config)]);
    },
    frame(frame) {
      vitals.update(frame);
      return judgeFrame(runs, frame, latch);
    },
    epoch(epoch) {
      vitals.updateEpoch(epoch);
      return collect((run) => run.epoch?.(epoch));
    },
    end: (end) => collect((run) => run.end?.(end)),
    save: () => memory.save(),
    restore: (state) => memory.restore(state),
  };
}

function judgeFrame(runs: DetectorRun[], frame: Frame, latch: (findings: FindingEvent[]) => FindingEvent[]): FrameJudgement {
  const findings: FindingEvent[] = [];
  const riskEvidence: Evidence[] = [];
  let risk = 0;
  for (const run of runs) {
    const judgement = run.frame?.(frame);
    if (judgement === null || judgement === undefined) continue;
    if (judgement.finding !== undefined) findings.push(judgement.finding);
    if (judgement.evidence !== undefined) riskEvidence.push(...judgement.evidence);
    if (judgement.risk !== undefined && judgement.risk > risk) risk = judgement.risk;
  }
  return { findings: latch(findings), risk: Math.min(1, risk), riskEvidence };
}
