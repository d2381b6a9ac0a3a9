import type { OutputStats } from '../diagnosis/preflight-report.js';
import type { ArchitectureLayer } from '../telemetry/events.js';

/** Layers that pass values on as they are; the activation stands before them. */
const TRANSPARENT: ReadonlySet<string> = new Set([
  'flatten',
  'reshape',
  'permute',
  'dropout',
  'gaussianNoise',
  'gaussianDropout',
  'alphaDropout',
]);
/** Layers that are an activation of their own, under the name the losses know. */
const ACTIVATION_LAYERS: Readonly<Record<string, string>> = { softmax: 'softmax', reLU: 'relu', elu: 'elu', leakyReLU: 'leakyReLU' };

/** What the output of a model is: units and the activation it passes through last. */
export function outputStats(architecture: readonly ArchitectureLayer[]): OutputStats {
  const last = architecture.at(-1);
  const carrier = [...architecture].reverse().find((layer) => !TRANSPARENT.has(layer.type)) ?? last;
  return {
    layer: last?.name ?? '',
    units: last?.outputShape.at(-1) ?? 1,
    activation: carrier?.activation ?? ACTIVATION_LAYERS[carrier?.type ?? ''] ?? 'linear',
    configIndex: carrier?.configIndex ?? null,
  };
}
