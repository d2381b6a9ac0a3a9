/** Layers of every frame. */
export const LAYERS = 8;
/** Frames in one batch of typed arrays. */
export const BATCH_FRAMES = 50;

/** What the parent of the boundary benchmark asks of its child. */
export interface BoundaryOrder {
  kind: 'json' | 'batches';
  /** A multiple of `BATCH_FRAMES`. */
  frames: number;
}
