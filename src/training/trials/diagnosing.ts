import type { TrialsMessage } from '../../telemetry/trials-protocol.js';
import { rung } from './rungs.js';
import type { Trial } from './trial.js';

/** Where the config or its data alone give a warning, the control goes so far to see what comes of it. */
const LOOK_SHARE = 1 / 8;

/**
 * Trains the config as it is until it is known to be in trouble (an error, or a warning about the training), or to its end. Then to
 * the first look at the candidates, so that there is a loss to compare theirs with.
 */
export class Diagnosing {
  private heard = 0;

  constructor(
    private readonly control: Trial,
    /** What is wrong is known from another run of the same config. */
    private readonly isKnown: boolean,
    private readonly tell: (message: TrialsMessage) => void,
  ) {}

  /** Throws AppError where the config cannot be trained. */
  async run(): Promise<void> {
    const { control } = this;
    await control.advance(this.isKnown ? 0 : Infinity);
    if (control.record.start !== null) this.tell({ type: 'start', start: control.record.start });
    this.tellFindings();
    while (control.isOpen && !this.isDone()) {
      await control.advance(control.record.hasWarning ? this.lookSteps : Infinity);
      this.tellFindings();
    }
    if (!control.record.lost && !control.record.ended) await control.advanceTo(rung(0, this.fullRun));
    this.tellFindings();
  }

  private get fullRun(): number {
    return this.control.record.start?.plannedSteps ?? Infinity;
  }

  private get lookSteps(): number {
    return Math.ceil(LOOK_SHARE * this.fullRun);
  }

  private isDone(): boolean {
    const { record } = this.control;
    if (this.isKnown || record.error !== null) return true;
    const warnings = record.findings.filter(({ severity }) => severity === 'warning');
    if (warnings.some(({ phase }) => phase !== 'preflight')) return true;
    return warnings.length > 0 && record.steps >= this.lookSteps;
  }

  private tellFindings(): void {
    const { findings } = this.control.record;
    for (const finding of findings.slice(this.heard)) this.tell({ type: 'finding', finding });
    this.heard = findings.length;
  }
}
