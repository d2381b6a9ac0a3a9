/**
 * The one source of randomness of dropout and noise layers: their masks are a pure function of (seed, layer, step),
 * so a step that is repeated is the same step, and the next step has a new mask.
 */
export class NoiseClock {
  /** Number of the update the next training forward pass belongs to. */
  step = 0;

  constructor(readonly seed: number) {}
}
