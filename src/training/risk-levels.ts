/** From this risk on (0..1) a run is looked at more often: frames, overshoot and activation probes. */
export const SOME_RISK = 0.3;
/** From this on it is looked at most closely. */
export const HIGH_RISK = 0.6;
