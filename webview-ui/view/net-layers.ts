import type { ArchitectureLayer, LayerInfo, Severity } from '../../src/telemetry/events.js';
import type { RunView } from '../run/dashboard-state.js';
import { ranked } from './verdict.js';

/** One layer of the net, with or without weights. */
export interface NetLayer {
  name: string;
  /** As the config calls it. */
  type: string;
  parameters: number;
  /** Shape of the output without the batch, "3 × 3 × 4"; a length that varies is "?". Null where the run does not say. */
  shape: string | null;
  /** Size of the last axis of its output, or 1. */
  units: number;
  activation?: string;
  /** Its place among the layers frames speak of; null for a layer without weights. */
  index: number | null;
  /** The worst finding that concerns it. */
  finding: { id: string; severity: Severity } | null;
}

/** All layers of the net from input to output; those with weights where the run does not describe the rest. Empty before the start event. */
export function netLayers(run: RunView): NetLayer[] {
  const { start } = run;
  if (start === null) return [];
  const indices = new Map(start.layers.map(({ name }, l) => [name, l]));
  const findings = ranked(run.findings);
  return (start.architecture ?? start.layers).map((layer: LayerInfo & Partial<ArchitectureLayer>) => {
    const { outputShape, activation } = layer;
    const worst = findings.find((finding) => finding.layer === layer.name);
    return {
      name: layer.name,
      type: layer.type,
      parameters: layer.parameters,
      shape: outputShape === undefined ? null : outputShape.map((size) => size ?? '?').join(' × '),
      units: outputShape?.at(-1) ?? 1,
      activation,
      index: indices.get(layer.name) ?? null,
      finding: worst === undefined ? null : { id: worst.id, severity: worst.severity },
    };
  });
}
