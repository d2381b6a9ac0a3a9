import { constants, setPriority } from 'node:os';
import { preflightSigns } from '../../diagnosis/explosion-signs.js';
import type { EndEvent, FindingEvent, RunEvent, StartEvent } from '../../telemetry/events.js';
import type { FrameBatch } from '../../telemetry/frame-batch.js';
import type { TrainerMessage } from '../../telemetry/trainer-protocol.js';
import type { TrialStanding } from '../../telemetry/trials-protocol.js';
import type { Progress } from '../progress.js';
import type { RunSink } from '../run-outbox.js';
import type { SessionOptions } from '../run-session.js';

type TrialMessage = Extract<TrainerMessage, { type: 'standing' | 'at-step' }>;

/** Time between two signs of life. */
const SIGN_MS = 500;

/**
 * A run that stops and waits wherever the search has to decide: at the step it was sent to, at an error or warning, at a loss that
 * is no number. It trains as any other run does: it only listens, and lets it wait.
 */
export class TrialRun implements RunSink {
  private progress: Progress | null = null;
  private start: StartEvent | null = null;
  private losses: number[] = [];
  private findings: FindingEvent[] = [];
  private steps = 0;
  private worstNorm = 0;
  private stableRate: number | null = null;
  private validation: number | null = null;
  private training: number | null = null;
  private isNews = false;
  private goOn_: ((stop: boolean) => void) | null = null;
  private busyMs = 0;
  private since = performance.now();
  private lastSign = performance.now();

  constructor(
    private upTo: number,
    private readonly send: (message: TrialMessage) => void,
  ) {
    lowerPriority();
  }

  /** How its session is run. */
  get settings(): Pick<SessionOptions, 'meet' | 'measured'> {
    return {
      meet: (progress, handOut) => this.meet(progress, handOut),
      measured: (report, { config, start }) => {
        this.stableRate = preflightSigns(report, config, start).stableRate;
      },
    };
  }

  /** Goes on, to this number of updates. */
  goOn(upTo: number): void {
    this.upTo = upTo;
    this.goOn_?.(false);
  }

  private meet(progress: Progress, handOut: () => void): Promise<boolean> | null {
    this.progress = progress;
    this.takeLoss();
    const nonFinite = this.steps > 0 && !Number.isFinite(progress.lastLoss);
    if (this.steps < this.upTo && !this.isNews && !nonFinite) return this.showSign();
    handOut();
    this.training = progress.metrics['accuracy'] ?? null;
    this.tell(nonFinite ? 'non-finite' : this.steps >= this.upTo ? 'reached' : 'finding');
    return this.wait();
  }

  event(event: RunEvent): void {
    if (event.event === 'start') this.start = event;
    if (event.event === 'epoch') this.validation = event.validation?.metrics['accuracy'] ?? this.validation;
    if (event.event !== 'finding') return;
    this.findings.push(event);
    if (event.severity !== 'info') this.isNews = true;
  }

  frames({ globalGradNorm }: FrameBatch): void {
    for (const norm of globalGradNorm) this.worstNorm = Number.isNaN(norm) ? NaN : Math.max(this.worstNorm, norm);
  }

  /** The run has come to its own end. */
  ended(end: EndEvent): void {
    this.takeLoss();
    this.validation = end.test?.metrics['accuracy'] ?? this.validation;
    this.training = end.metrics['accuracy'] ?? null;
    this.tell('ended', end.loss);
  }

  private showSign(): null {
    const now = performance.now();
    if (now - this.lastSign < SIGN_MS) return null;
    this.lastSign = now;
    this.send({ type: 'at-step', steps: this.steps });
    return null;
  }

  private takeLoss(): void {
    if (this.progress === null || this.progress.steps === this.steps) return;
    this.steps = this.progress.steps;
    this.losses.push(this.progress.lastLoss);
  }

  private wait(): Promise<boolean> {
    this.busyMs += performance.now() - this.since;
    return new Promise((resolve) => {
      this.goOn_ = (stop) => {
        this.goOn_ = null;
        this.since = performance.now();
        resolve(stop);
      };
    });
  }

  private tell(why: TrialStanding['why'], endLoss: number | null = null): void {
    const { steps, worstNorm, start, findings, stableRate } = this;
    const accuracy = this.validation ?? this.training;
    const seconds = (this.busyMs + performance.now() - this.since) / 1000;
    const losses = Float64Array.from(this.losses);
    this.send({ type: 'standing', standing: { steps, why, losses, findings, worstNorm, accuracy, stableRate, start, endLoss, seconds } });
    this.losses = [];
    this.findings = [];
    this.start = null;
    this.isNews = false;
  }
}

/** The editor and the user's own work come first. */
function lowerPriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Some systems forbid it; the trial then competes as an equal.
  }
}
