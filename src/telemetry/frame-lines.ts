import { ABSENT, METRIC_COUNT, type FrameBatch } from './frame-batch.js';
import type { Evidence } from './events.js';

const FIRST_BYTES = 1 << 16;
/** UTF-8 takes at most so many bytes a character. */
const MOST_BYTES = 3;

/**
 * Writes frames as lines of JSON, the greater part of every run log, straight from the columns of a batch. Each line becomes bytes
 * at once, in memory that is used again and again: one text of all lines would live long enough to be copied by every collection.
 */
export class FrameLines {
  private readonly encoder = new TextEncoder();
  private bytes = new Uint8Array(FIRST_BYTES);
  /** The text before the first number of each layer. */
  private readonly layerKeys: string[];
  /** Numbers that mostly stay the same, and their texts. */
  private readonly rate = new SteadyNumber();
  private readonly limits = new Map<string, SteadyNumber>();

  /** `layerNames[l]` names layer l. */
  constructor(layerNames: readonly string[]) {
    this.layerKeys = layerNames.map(layerKey);
  }

  /** One line with its newline for every frame, UTF-8; absent shares are left out. Valid until the next call. */
  encode(batch: FrameBatch): Uint8Array {
    let length = 0;
    let next = 0;
    for (let i = 0; i < batch.count; i++) {
      const told = batch.riskEvidence[next];
      const evidence = told?.index === i ? told.evidence : [];
      if (told?.index === i) next += 1;
      const line = this.lineOf(batch, i, evidence);
      if (length + MOST_BYTES * line.length > this.bytes.length) this.grow(MOST_BYTES * line.length);
      length += this.encoder.encodeInto(line, this.bytes.subarray(length)).written;
    }
    return this.bytes.subarray(0, length);
  }

  private lineOf(batch: FrameBatch, i: number, evidence: readonly Evidence[]): string {
    const norm = figure(at(batch.globalGradNorm, i));
    const clipped = at(batch.clippedGradNorm, i) === at(batch.globalGradNorm, i) ? norm : figure(at(batch.clippedGradNorm, i));
    const overshoot = at(batch.overshoot, i);
    let line =
      `{"event":"frame","step":${at(batch.step, i)},"epoch":${at(batch.epoch, i)},"loss":${figure(at(batch.loss, i))}` +
      `,"learningRate":${this.rate.text(at(batch.learningRate, i))},"globalGradNorm":${norm},"clippedGradNorm":${clipped}` +
      `,"overshoot":${overshoot === ABSENT ? 'null' : figure(overshoot)},"risk":${figure(at(batch.risk, i))},"riskEvidence":[`;
    for (let k = 0; k < evidence.length; k++) line += (k === 0 ? '' : ',') + this.evidenceText(evidence[k] as Evidence);
    line += '],"layers":{';
    for (let l = 0; l < batch.layerCount; l++)
      line += (this.layerKeys[l] ?? layerKey(String(l), l)) + layerText(batch.layers, (i * batch.layerCount + l) * METRIC_COUNT);
    return line + '}}\n';
  }

  private evidenceText({ name, value, limit }: Evidence): string {
    let known = this.limits.get(name);
    if (known === undefined) {
      known = new SteadyNumber(`{"name":${JSON.stringify(name)},"value":`);
      this.limits.set(name, known);
    }
    return `${known.label}${figure(value)},"limit":${known.text(limit)}}`;
  }

  private grow(more: number): void {
    const grown = new Uint8Array(2 * (this.bytes.length + more));
    grown.set(this.bytes);
    this.bytes = grown;
  }
}

function layerKey(name: string, l: number): string {
  return `${l === 0 ? '' : ','}${JSON.stringify(name)}:{"gradNorm":`;
}

function layerText(layers: Float64Array, from: number): string {
  const dead = at(layers, from + 6);
  const saturated = at(layers, from + 7);
  return (
    `${figure(at(layers, from))},"maxAbs":${figure(at(layers, from + 1))},"nonFinite":${at(layers, from + 2)}` +
    `,"zeros":${at(layers, from + 3)},"weightNorm":${figure(at(layers, from + 4))},"updateRatio":${figure(at(layers, from + 5))}` +
    (dead === ABSENT ? '' : `,"dead":${figure(dead)}`) +
    (saturated === ABSENT ? '}' : `,"saturated":${figure(saturated)}}`)
  );
}

/** A number that stays the same for long: its text is made once. */
class SteadyNumber {
  private value = NaN;
  private kept = '';

  constructor(readonly label = '') {}

  text(value: number): string {
    if (value !== this.value) {
      this.value = value;
      this.kept = figure(value);
    }
    return this.kept;
  }
}

/** As JSON: numbers that are not finite as strings, -0 as 0. */
function figure(value: number): string {
  return Number.isFinite(value) ? `${value}` : `"${value}"`;
}

function at(column: Float64Array, i: number): number {
  return column[i] as number;
}
