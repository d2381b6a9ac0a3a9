import type { ConfigDocument } from '../../config/parse-config.js';
import type { EndEvent, EpochEvent, RunEvent, StartEvent } from '../../telemetry/events.js';
import { fallbackLine } from '../../telemetry/fallback-text.js';
import { changeLine, forecastLine, rollbackLine, weightsLine } from '../../telemetry/event-text.js';
import type { RunSink } from '../run-outbox.js';
import { figure } from './format.js';
import { findingText } from './finding-text.js';
import type { Style } from './style.js';

/** Where lines of text go. */
export type WriteLine = (line: string) => void;

/** Epochs are written at most this often, beside the first ones and the last. */
const EPOCH_LINE_INTERVAL_MS = 1000;
const FIRST_EPOCHS = 10;

/** A run as plain lines, of its epochs and findings: for files, pipes and CI. */
export class PlainView implements RunSink {
  /** Set when the config has been read: findings then name their line. */
  document: ConfigDocument | null = null;
  private epochs = 0;
  private lastEpochLine = 0;

  constructor(
    private readonly write: WriteLine,
    private readonly style: Style,
  ) {}

  event(event: RunEvent): void {
    switch (event.event) {
      case 'start':
        this.epochs = epochsOf(event);
        for (const line of startLines(event)) this.write(line);
        break;
      case 'epoch':
        this.epoch(event);
        break;
      case 'finding':
        this.write(findingText(event, this.document, this.style));
        break;
      case 'state':
        if (event.state === 'paused') this.write(event.reason ?? 'paused');
        break;
      case 'forecast':
        this.write(forecastLine(event));
        break;
      case 'change':
        this.write(changeLine(event));
        break;
      case 'rollback':
        this.write(rollbackLine(event));
        break;
      case 'end':
        this.write(endText(event));
        if (event.weights !== undefined) this.write(weightsLine(event.weights));
        break;
      case 'fallback':
        this.write(fallbackLine(event));
        break;
      case 'trial':
        break;
    }
  }

  private epoch(event: EpochEvent): void {
    const number = event.epoch + 1;
    const now = performance.now();
    if (number > FIRST_EPOCHS && number < this.epochs && now - this.lastEpochLine < EPOCH_LINE_INTERVAL_MS) return;
    this.lastEpochLine = now;
    this.write(`epoch ${number}/${this.epochs}  ${epochText(event)}`);
  }

  frames(): void {
    // One line per step would bury everything else.
  }

  log(level: string, text: string): void {
    if (level !== 'debug') this.write(`${level}: ${text}`);
  }
}

export function startLines(start: StartEvent): string[] {
  const { train, validation } = start.samples;
  return [
    `engine ${start.engine}: ${start.engineReason}`,
    `${start.parameters} parameters, ${train} training rows, ${validation} for validation; trivial loss ${figure(start.baseline.loss)}`,
  ];
}

export function endText({ status, steps, seconds, loss }: EndEvent): string {
  return `${status} after ${steps} steps, ${seconds.toFixed(1)} s, loss ${figure(loss)}`;
}

export function epochText(event: EpochEvent): string {
  const named = (prefix: string, metrics: Record<string, number>) =>
    Object.entries(metrics).map(([name, value]) => `${prefix}${name} ${figure(value)}`);
  const parts = [`loss ${figure(event.loss)}`, ...named('', event.metrics)];
  if (event.validation !== null)
    parts.push(`validation loss ${figure(event.validation.loss)}`, ...named('validation ', event.validation.metrics));
  return parts.join('  ');
}

export function epochsOf(start: StartEvent): number {
  return start.plannedSteps !== undefined && start.stepsPerEpoch !== undefined ? Math.ceil(start.plannedSteps / start.stepsPerEpoch) : 1;
}
