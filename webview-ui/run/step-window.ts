/** The steps a page shows on its x axis, both ends included. */
export interface StepWindow {
  from: number;
  to: number;
}

export type View = 'whole' | 'follow';
/** Steps of the "follow" view. */
const FOLLOW_STEPS = 200;
/** Fewer steps than this are never shown: a run of three steps still has room to tell a story. */
const LEAST_STEPS = 8;
/** A plan is shown whole once so much of it is done; before that the axis grows by doubling. */
const SHOW_PLAN_SHARE = 0.25;

/**
 * The window of a run. "whole": from its first step to the planned last one, or, early in a long run, to the next power
 * of two, so that the axis rescales seldom; a run that is over ends at its last step. "follow": the last 200 steps.
 */
export function stepWindow(run: { first: number; last: number; planned: number | null; over: boolean }, view: View): StepWindow {
  const { first, last, planned, over } = run;
  if (view === 'follow') {
    const from = Math.max(first, last - FOLLOW_STEPS + 1);
    return { from, to: Math.max(last, from + LEAST_STEPS - 1) };
  }
  const done = last - first + 1;
  if (over) return { from: first, to: first + Math.max(LEAST_STEPS, done) - 1 };
  let steps = LEAST_STEPS;
  while (steps < done) steps *= 2;
  if (planned !== null && planned > 0) {
    const plan = planned - first;
    steps = done >= SHOW_PLAN_SHARE * plan ? Math.max(plan, done, LEAST_STEPS) : Math.min(steps, Math.max(plan, LEAST_STEPS));
  }
  return { from: first, to: first + steps - 1 };
}

/** Number of steps in a window. */
export function stepCount({ from, to }: StepWindow): number {
  return to - from + 1;
}

/** Centre of a step's band as a share of the plot's width: lines and cells agree. */
export function stepPosition(step: number, window: StepWindow): number {
  return (step - window.from + 0.5) / stepCount(window);
}

/** Step under a share of the plot's width, within the window. */
export function stepAtShare(share: number, window: StepWindow): number {
  const step = window.from + Math.floor(share * stepCount(window));
  return Math.max(window.from, Math.min(window.to, step));
}

/** A part of the run the reader chose, kept within `whole` and at least eight steps wide; null where it is all of it. */
export function zoomTo(window: StepWindow, whole: StepWindow): StepWindow | null {
  const steps = Math.max(LEAST_STEPS, Math.round(window.to) - Math.round(window.from) + 1);
  if (steps >= stepCount(whole)) return null;
  const from = Math.max(whole.from, Math.min(Math.round(window.from), whole.to - steps + 1));
  return { from, to: from + steps - 1 };
}

/** `window` with `factor` times its steps, so that `step` stays where it is. */
export function zoomAround(window: StepWindow, step: number, factor: number, whole: StepWindow): StepWindow | null {
  const steps = Math.max(LEAST_STEPS, stepCount(window) * factor);
  const from = step - ((step - window.from) / stepCount(window)) * steps;
  return zoomTo({ from, to: from + steps - 1 }, whole);
}

/** `window` moved by a share of its width. */
export function panBy(window: StepWindow, share: number, whole: StepWindow): StepWindow | null {
  const shift = Math.round(stepCount(window) * share) || Math.sign(share);
  return zoomTo({ from: window.from + shift, to: window.to + shift }, whole);
}

/** The window itself where it holds a step, else one of its width with the step in the middle. */
export function windowWith(step: number, window: StepWindow, whole: StepWindow): StepWindow | null {
  if (step >= window.from && step <= window.to) return window;
  return panBy(window, (step - (window.from + window.to) / 2) / stepCount(window), whole);
}
