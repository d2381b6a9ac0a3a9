import { ABSENT, METRIC_COUNT, type FrameBatch } from './frame-batch.js';
import type { Evidence } from './events.js';

const FIRST_BYTES = 4096;
const encoder = new TextEncoder();

/** What stands between the numbers of a frame. */
const KEYS = bytesOf({
  step: '{"event":"frame","step":',
  epoch: ',"epoch":',
  loss: ',"loss":',
  learningRate: ',"learningRate":',
  globalGradNorm: ',"globalGradNorm":',
  clippedGradNorm: ',"clippedGradNorm":',
  overshoot: ',"overshoot":',
  risk: ',"risk":',
  evidence: ',"riskEvidence":[',
  comma: ',',
  limit: ',"limit":',
  layers: '],"layers":{',
  maxAbs: ',"maxAbs":',
  nonFinite: ',"nonFinite":',
  zeros: ',"zeros":',
  weightNorm: ',"weightNorm":',
  updateRatio: ',"updateRatio":',
  dead: ',"dead":',
  saturated: ',"saturated":',
  close: '}',
  end: '}}\n',
});

/**
 * Writes frames as lines of JSON, the greater part of every run log, straight from the columns of a batch into bytes that are used
 * again and again: strings in between were most of what a frame costs, to make and to collect.
 */
export class FrameLines {
  private bytes = new Uint8Array(FIRST_BYTES);
  private length = 0;
  private readonly layerKeys: Uint8Array[];
  private readonly evidenceKeys = new Map<string, Uint8Array>();
  /** Numbers that mostly stay the same, and their texts. */
  private readonly kept = new Map<string, { value: number; text: string }>();

  /** `layerNames[l]` names layer l. */
  constructor(layerNames: readonly string[]) {
    this.layerKeys = layerNames.map((name, l) => encoder.encode(`${l === 0 ? '' : ','}${JSON.stringify(name)}:{"gradNorm":`));
  }

  /** One line with its newline for every frame, UTF-8; absent shares are left out. Valid until the next call. */
  encode(batch: FrameBatch): Uint8Array {
    this.length = 0;
    let next = 0;
    for (let i = 0; i < batch.count; i++) {
      const told = batch.riskEvidence[next];
      const evidence = told?.index === i ? told.evidence : [];
      if (told?.index === i) next += 1;
      this.putFrame(batch, i, evidence);
    }
    return this.bytes.subarray(0, this.length);
  }

  private putFrame(batch: FrameBatch, i: number, evidence: readonly Evidence[]): void {
    this.put(KEYS.step).number(at(batch.step, i));
    this.put(KEYS.epoch).number(at(batch.epoch, i));
    this.put(KEYS.loss).number(at(batch.loss, i));
    this.put(KEYS.learningRate).steady('learningRate', at(batch.learningRate, i));
    this.put(KEYS.globalGradNorm).number(at(batch.globalGradNorm, i));
    this.put(KEYS.clippedGradNorm).number(at(batch.clippedGradNorm, i));
    this.put(KEYS.overshoot);
    if (at(batch.overshoot, i) === ABSENT) this.ascii('null');
    else this.number(at(batch.overshoot, i));
    this.put(KEYS.risk).number(at(batch.risk, i));
    this.put(KEYS.evidence);
    for (let k = 0; k < evidence.length; k++) this.putEvidence(evidence[k] as Evidence, k);
    this.put(KEYS.layers);
    for (let l = 0; l < batch.layerCount; l++) this.putLayer(batch.layers, (i * batch.layerCount + l) * METRIC_COUNT, l);
    this.put(KEYS.end);
  }

  private putLayer(layers: Float64Array, from: number, l: number): void {
    this.put(this.layerKeys[l] ?? (this.layerKeys[l] = encoder.encode(`${l === 0 ? '' : ','}"${l}":{"gradNorm":`)));
    this.number(at(layers, from));
    this.put(KEYS.maxAbs).number(at(layers, from + 1));
    this.put(KEYS.nonFinite).number(at(layers, from + 2));
    this.put(KEYS.zeros).number(at(layers, from + 3));
    this.put(KEYS.weightNorm).number(at(layers, from + 4));
    this.put(KEYS.updateRatio).number(at(layers, from + 5));
    if (at(layers, from + 6) !== ABSENT) this.put(KEYS.dead).number(at(layers, from + 6));
    if (at(layers, from + 7) !== ABSENT) this.put(KEYS.saturated).number(at(layers, from + 7));
    this.put(KEYS.close);
  }

  private putEvidence({ name, value, limit }: Evidence, k: number): void {
    let key = this.evidenceKeys.get(name);
    if (key === undefined) {
      key = encoder.encode(`{"name":${JSON.stringify(name)},"value":`);
      this.evidenceKeys.set(name, key);
    }
    if (k > 0) this.put(KEYS.comma);
    this.put(key).number(value);
    this.put(KEYS.limit).steady(name, limit);
    this.put(KEYS.close);
  }

  private put(text: Uint8Array): this {
    if (this.length + text.length > this.bytes.length) this.grow(text.length);
    const { bytes, length } = this;
    // A loop: for a few bytes `set` takes longer.
    for (let i = 0; i < text.length; i++) bytes[length + i] = text[i] as number;
    this.length = length + text.length;
    return this;
  }

  /** As JSON; numbers that are not finite as strings, -0 as 0. */
  private number(value: number): void {
    this.ascii(textOf(value));
  }

  private steady(key: string, value: number): void {
    let entry = this.kept.get(key);
    if (entry === undefined || entry.value !== value) {
      entry = { value, text: textOf(value) };
      this.kept.set(key, entry);
    }
    this.ascii(entry.text);
  }

  private ascii(text: string): void {
    if (this.length + text.length > this.bytes.length) this.grow(text.length);
    const { bytes, length } = this;
    for (let i = 0; i < text.length; i++) bytes[length + i] = text.charCodeAt(i);
    this.length = length + text.length;
  }

  private grow(more: number): void {
    const grown = new Uint8Array(2 * (this.bytes.length + more));
    grown.set(this.bytes);
    this.bytes = grown;
  }
}

function textOf(value: number): string {
  return Number.isFinite(value) ? `${value}` : `"${value}"`;
}

function bytesOf<K extends string>(texts: Record<K, string>): Record<K, Uint8Array> {
  const entries = Object.entries<string>(texts).map(([key, text]) => [key, encoder.encode(text)] as const);
  return Object.fromEntries(entries) as Record<K, Uint8Array>;
}

function at(column: Float64Array, i: number): number {
  return column[i] as number;
}
