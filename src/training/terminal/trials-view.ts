import type { TrialsMessage, TrialsPhase } from '../../telemetry/trials-protocol.js';
import type { Style } from './style.js';

type Progress = Extract<TrialsMessage, { type: 'progress' }>;

const PHASES: Record<TrialsPhase, string> = {
  diagnosing: 'training the config as it is',
  trying: 'trying single fixes',
  verifying: 'verifying the best',
  confirming: 'confirming it with another seed',
  'trying-pairs': 'trying pairs of fixes',
};

/** Progress of a search: one line that is written over on a terminal, else a line for each phase. */
export class TrialsView {
  private phase: TrialsPhase | null = null;
  private hasLine = false;

  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly style: Style,
  ) {}

  progress({ phase, spent, trials }: Progress): void {
    if (!this.stream.isTTY) {
      if (phase !== this.phase) this.stream.write(`${PHASES[phase]} ...\n`);
      this.phase = phase;
      return;
    }
    const running = trials.filter(({ state }) => state === 'running').map(({ fix, steps }) => `${fix ?? 'as it is'} ${steps}`);
    const share = Number.isFinite(spent) ? `${Math.round(100 * spent)} % of a full run` : '';
    const line = [PHASES[phase], running.join(', '), share].filter((part) => part !== '').join(' · ');
    this.stream.write(`\r\u001b[2K${this.style.dim(line.slice(0, Math.max(20, (this.stream.columns || 80) - 1)))}`);
    this.hasLine = true;
  }

  /** A line that stays. */
  note(text: string): void {
    this.close();
    this.stream.write(`${text}\n`);
  }

  close(): void {
    if (this.hasLine) this.stream.write('\r\u001b[2K');
    this.hasLine = false;
  }
}
