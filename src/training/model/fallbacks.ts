/** Something that does not run on our own kernels: slower, not wrong. */
export interface Fallback {
  /** Name of the layer; null where it is the optimizer. */
  layer: string | null;
  /** Why, in words that go on from the name: "goes step by step: ...". */
  reason: string;
}

/** What of a model does not run on our kernels: known when it is built, or met in a forward pass. */
export class Fallbacks {
  private readonly known = new Map<string, Fallback>();
  private told = 0;

  /** Notes a reason once, however often it is met. */
  note(layer: string | null, reason: string): void {
    const key = `${layer ?? ''}\n${reason}`;
    if (!this.known.has(key)) this.known.set(key, { layer, reason });
  }

  /** Those noted since the last call. */
  takeNew(): Fallback[] {
    const all = [...this.known.values()].slice(this.told);
    this.told = this.known.size;
    return all;
  }

  get all(): Fallback[] {
    return [...this.known.values()];
  }
}
