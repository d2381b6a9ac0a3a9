import type { ConfigDocument } from '../../config/parse-config.js';
import type { Frame, RunEvent, StartEvent, StateEvent } from '../../telemetry/events.js';
import { fallbackLine } from '../../telemetry/fallback-text.js';
import { forecastLine, rollbackLine, weightsLine } from '../../telemetry/event-text.js';
import { decodeFrames, selectFrames, type FrameBatch } from '../../telemetry/frame-batch.js';
import { HIGH_RISK, SOME_RISK } from '../risk-levels.js';
import type { RunSink } from '../run-outbox.js';
import { findingText } from './finding-text.js';
import { bar, duration, figure, worstLayer } from './format.js';
import { endText, epochText, epochsOf, startLines } from './plain-view.js';
import type { Style } from './style.js';

/** The terminal, as far as the view uses it. */
export interface Screen {
  write(text: string): unknown;
  columns?: number;
}

const BAR_WIDTH = 24;
const KEYS = 'p pause · r resume · s one step · b back to health · q stop';

/** A run on a terminal: a block of three lines that is drawn over itself, with findings and epochs scrolling above it. */
export class LiveView implements RunSink {
  document: ConfigDocument | null = null;
  private start: StartEvent | null = null;
  private last: Frame | null = null;
  private note = '';
  private drawn = 0;
  private rate = 0;
  private mark = { step: 0, time: performance.now() };

  constructor(
    private readonly screen: Screen,
    private readonly style: Style,
    /** Whether keys are listened to, and worth naming. */
    private readonly keys: boolean,
  ) {}

  event(event: RunEvent): void {
    if (event.event === 'start') {
      this.start = event;
      this.say(startLines(event).join('\n'));
    } else if (event.event === 'finding') this.say(findingText(event, this.document, this.style));
    else if (event.event === 'fallback') this.say(this.style.dim(fallbackLine(event)));
    else if (event.event === 'epoch') this.note = `epoch ${event.epoch + 1}  ${epochText(event)}`;
    else if (event.event === 'state') this.changed(event);
    else if (event.event === 'forecast') this.say(forecastLine(event));
    else if (event.event === 'rollback') this.say(rollbackLine(event));
    else if (event.event === 'end') {
      const text = endText(event);
      this.say(event.status === 'completed' ? this.style.green(text) : this.style.yellow(text), true);
      if (event.weights !== undefined) this.say(weightsLine(event.weights), true);
    }
  }

  frames(batch: FrameBatch): void {
    this.last = decodeFrames(selectFrames(batch, [batch.count - 1]))[0] ?? this.last;
    const now = performance.now();
    if (this.last !== null && now - this.mark.time > 500) {
      this.rate = ((this.last.step - this.mark.step) * 1000) / (now - this.mark.time);
      this.mark = { step: this.last.step, time: now };
    }
    this.draw();
  }

  log(level: string, text: string): void {
    if (level !== 'debug') this.say(`${level}: ${text}`);
  }

  private changed({ state, reason, healthy }: StateEvent): void {
    if (state === 'preflight') this.say(this.style.dim('pre-flight: trying the first updates'));
    if (state === 'paused') this.note = `${pausedText(reason, healthy)}${this.keys ? `: ${KEYS}` : ''}`;
    if (state === 'running') this.note = this.keys ? this.style.dim(KEYS) : '';
    this.draw();
  }

  /** Writes lines above the block. */
  private say(text: string, final = false): void {
    this.erase();
    this.screen.write(`${text}\n`);
    if (!final) this.draw();
  }

  private draw(): void {
    const lines = this.lines();
    if (lines.length === 0) return;
    this.erase();
    // Some terminals say they have 0 columns.
    const width = Math.max(20, (this.screen.columns || 80) - 1);
    this.screen.write(lines.map((line) => fit(line, width) + '\n').join(''));
    this.drawn = lines.length;
  }

  private erase(): void {
    if (this.drawn > 0) this.screen.write(`\u001b[${this.drawn}A\u001b[0J`);
    this.drawn = 0;
  }

  private lines(): string[] {
    const { start, last, style } = this;
    if (start === null || last === null) return [];
    const planned = start.plannedSteps ?? last.step + 1;
    const done = last.step + 1;
    const left = this.rate > 0 ? `  ${duration((planned - done) / this.rate)} left` : '';
    const worst = worstLayer(last);
    const layer = worst < 0 ? '' : `  worst ${start.layers[worst]?.name ?? ''} ${figure(last.layers[worst]?.gradNorm ?? NaN)}`;
    return [
      `${bar(done / planned, BAR_WIDTH)} step ${done}/${planned}  epoch ${last.epoch + 1}/${epochsOf(start)}  ${this.rate.toFixed(0)} steps/s${left}`,
      `loss ${style.bold(figure(last.loss))}  gradient ${style.bold(figure(last.globalGradNorm))}${layer}  risk ${this.riskText(last.risk)}`,
      this.note,
    ];
  }

  private riskText(risk: number): string {
    const text = `${Math.round(risk * 100)} %`;
    if (risk >= HIGH_RISK) return this.style.red(text);
    return risk >= SOME_RISK ? this.style.yellow(text) : this.style.green(text);
  }
}

function pausedText(reason = 'paused', healthy?: number): string {
  return healthy === undefined ? reason : `${reason}, last healthy step ${healthy}`;
}

/** Cuts a line to what fits, so that the terminal does not wrap it; colour codes have no width. */
function fit(line: string, width: number): string {
  let visible = 0;
  let out = '';
  // eslint-disable-next-line no-control-regex -- colour codes begin with the escape character
  for (const part of line.split(/(\u001b\[\d+m)/)) {
    if (part.startsWith('\u001b')) {
      out += part;
      continue;
    }
    const cut = part.slice(0, width - visible);
    visible += cut.length;
    out += cut;
  }
  return out;
}
