import { ABSENT, METRIC_COUNT, type FrameBatch } from './frame-batch.js';
import type { Evidence } from './events.js';

/*
 * The lines of frames, the greater part of every run log. Written from the columns of a batch, by hand and with the texts of numbers
 * that stay the same kept: a third of the time of JSON.stringify, which is most of what a frame costs.
 */

/** One line with its newline for every frame. `layerNames[l]` names layer l; absent shares are left out. */
export function encodeFrameLines(batch: FrameBatch, layerNames: readonly string[]): string {
  const rate = new Kept();
  const limits = new Map<string, Kept>();
  const keys = Array.from({ length: batch.layerCount }, (_, l) => {
    return `${l === 0 ? '' : ','}${JSON.stringify(layerNames[l] ?? String(l))}:{"gradNorm":`;
  });
  let evidenceAt = 0;
  let lines = '';
  for (let i = 0; i < batch.count; i++) {
    const norm = figure(at(batch.globalGradNorm, i));
    const clipped = at(batch.clippedGradNorm, i) === at(batch.globalGradNorm, i) ? norm : figure(at(batch.clippedGradNorm, i));
    const overshoot = at(batch.overshoot, i);
    const evidence = batch.riskEvidence[evidenceAt]?.index === i ? batch.riskEvidence[evidenceAt++]?.evidence : undefined;
    lines +=
      `{"event":"frame","step":${at(batch.step, i)},"epoch":${at(batch.epoch, i)},"loss":${figure(at(batch.loss, i))}` +
      `,"learningRate":${rate.text(at(batch.learningRate, i))},"globalGradNorm":${norm},"clippedGradNorm":${clipped}` +
      `,"overshoot":${overshoot === ABSENT ? 'null' : figure(overshoot)},"risk":${figure(at(batch.risk, i))}` +
      `,"riskEvidence":[${evidence === undefined ? '' : encodeEvidence(evidence, limits)}],"layers":{`;
    for (let l = 0; l < batch.layerCount; l++)
      lines += (keys[l] as string) + encodeLayer(batch.layers, (i * batch.layerCount + l) * METRIC_COUNT);
    lines += '}}\n';
  }
  return lines;
}

function encodeLayer(layers: Float64Array, from: number): string {
  const dead = at(layers, from + 6);
  const saturated = at(layers, from + 7);
  return (
    `${figure(at(layers, from))},"maxAbs":${figure(at(layers, from + 1))},"nonFinite":${at(layers, from + 2)}` +
    `,"zeros":${at(layers, from + 3)},"weightNorm":${figure(at(layers, from + 4))},"updateRatio":${figure(at(layers, from + 5))}` +
    (dead === ABSENT ? '' : `,"dead":${figure(dead)}`) +
    (saturated === ABSENT ? '}' : `,"saturated":${figure(saturated)}}`)
  );
}

function encodeEvidence(evidence: readonly Evidence[], limits: Map<string, Kept>): string {
  let text = '';
  for (const { name, value, limit } of evidence) {
    let kept = limits.get(name);
    if (kept === undefined) limits.set(name, (kept = new Kept(JSON.stringify(name))));
    text += `${text === '' ? '' : ','}{"name":${kept.label},"value":${figure(value)},"limit":${kept.text(limit)}}`;
  }
  return text;
}

/** A number that stays the same for long: its text is made once. */
class Kept {
  private value = NaN;
  private of = '';

  constructor(readonly label = '') {}

  text(value: number): string {
    if (value === this.value) return this.of;
    this.value = value;
    this.of = figure(value);
    return this.of;
  }
}

/** As JSON; numbers that are not finite as strings. */
function figure(value: number): string {
  return Number.isFinite(value) ? (value === 0 ? '0' : `${value}`) : `"${value}"`;
}

function at(column: Float64Array, i: number): number {
  return column[i] as number;
}
