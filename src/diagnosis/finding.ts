import type { FindingId } from '../config/finding-ids.js';
import type { ConfigPath } from '../config/config-path.js';
import type { FindingEvent, Severity } from '../telemetry/events.js';

/** What a detector has to say; everything else has a default. */
export interface FindingDraft {
  id: FindingId;
  severity: Severity;
  message: string;
  cause: string;
  at: ConfigPath;
  fixes: string[];
  evidence?: Record<string, number | string>;
  phase?: FindingEvent['phase'];
  step?: number;
  layer?: string | null;
  stepsToOverflow?: number | null;
  /** One or two lines of at most 42 characters. */
  formula?: string;
  /** When this verdict is known to be wrong, one sentence. */
  caveat?: string;
}

/** Makes the event of a finding; phase "preflight", step 0 and no layer unless given. */
export function finding(draft: FindingDraft): FindingEvent {
  const event: FindingEvent = {
    event: 'finding',
    id: draft.id,
    severity: draft.severity,
    phase: draft.phase ?? 'preflight',
    step: draft.step ?? 0,
    layer: draft.layer ?? null,
    cause: draft.cause,
    message: draft.message,
    evidence: draft.evidence ?? {},
    stepsToOverflow: draft.stepsToOverflow ?? null,
    at: [...draft.at],
    fixes: draft.fixes,
  };
  if (draft.formula !== undefined) event.formula = draft.formula.split('\n').map(fitLine).join('\n');
  if (draft.caveat !== undefined) event.caveat = draft.caveat;
  return event;
}

/** Cards have room for so many characters of a formula. */
const LINE_LENGTH = 42;

function fitLine(line: string): string {
  return line.length <= LINE_LENGTH ? line : `${line.slice(0, LINE_LENGTH - 1)}…`;
}

/** The causes of trouble in the product's words. */
export const CAUSES = {
  hasty: 'training too hasty',
  inputs: 'inputs not scaled',
  target: 'target not scaled',
  initialization: 'weights start too wide',
  narrow: 'weights start too small',
  output: 'output does not fit the loss',
  littleData: 'too little data',
  complex: 'model too complex',
  data: 'data not clean',
  penalty: 'regularised too strongly',
} as const;

/** Names of the evidence that fixes read. */
export const EVIDENCE = {
  overshoot: 'loss after ÷ before',
  level: 'loss ÷ first loss',
  growth: 'norm growth per step',
  sharpness: 'rate × sharpness',
  updateRatio: 'update ÷ weights',
  promise: 'promised fall ÷ loss',
  learningRate: 'learning rate',
  /** The rate at which the loss neither grows nor falls along the sharpest direction. */
  rateLimit: 'learning rate limit',
  /** A rate well inside that limit. */
  stableRate: 'stable learning rate',
  gradNorm: 'global gradient norm',
  /** 90th percentile of the norms before the trouble. */
  healthyNorm: 'healthy gradient norm',
  /** Norm of a gradient whose update is a hundredth of the weights; plain gradient descent. */
  mildNorm: 'gradient norm for 1 % updates',
  plannedSteps: 'planned steps',
  targetMin: 'target minimum',
  targetMax: 'target maximum',
  targetClasses: 'target classes',
} as const;
