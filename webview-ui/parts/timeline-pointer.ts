import type { StepWindow } from '../run/step-window.js';

/** Pixels a pointer moves before it drags rather than clicks. */
const DRAG_PIXELS = 4;
/** Steps shown after one notch of the wheel, as a share of those before. */
const WHEEL_FACTOR = 0.8;

/** What pointers ask of the charts. */
export interface PointerTarget {
  /** Step under a place on the page, whether measured or not; beside the plots null, or the nearest where `nearest`. */
  stepAt(clientX: number, nearest: boolean): number | null;
  hover(step: number | null): void;
  /** The stretch being dragged, null when there is none. */
  stretch(steps: StepWindow | null): void;
  zoom(steps: StepWindow): void;
  zoomAround(step: number, factor: number): void;
  whole(): void;
  click(event: PointerEvent): void;
}

/** Mouse, pen and finger on the charts: hover moves the crosshair, a drag zooms, a double click shows the whole run. */
export class TimelinePointer {
  private start: { x: number; step: number } | null = null;
  private dragging = false;

  constructor(private readonly target: PointerTarget) {}

  readonly down = (event: PointerEvent) => {
    const step = this.target.stepAt(event.clientX, false);
    if (event.button !== 0 || step === null || !isPlot(event.target)) return;
    this.start = { x: event.clientX, step };
  };

  readonly move = (event: PointerEvent) => {
    const step = this.target.stepAt(event.clientX, this.dragging);
    this.target.hover(step);
    if (this.start === null) return;
    if (!this.dragging && Math.abs(event.clientX - this.start.x) < DRAG_PIXELS) return;
    // On the element that listens: events of a captured pointer go to it and up, not down.
    if (!this.dragging && event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId);
    this.dragging = true;
    if (step !== null) this.target.stretch(between(this.start.step, step));
  };

  readonly up = (event: PointerEvent) => {
    const { start, dragging } = this;
    const step = this.target.stepAt(event.clientX, dragging);
    this.cancel();
    if (start === null) return;
    if (!dragging) this.target.click(event);
    else if (step !== null && step !== start.step) this.target.zoom(between(start.step, step));
  };

  readonly cancel = () => {
    this.start = null;
    this.dragging = false;
    this.target.stretch(null);
  };

  readonly leave = () => {
    if (!this.dragging) this.target.hover(null);
  };

  readonly doubleClick = (event: MouseEvent) => {
    if (isPlot(event.target)) this.target.whole();
  };

  /** The wheel zooms only with Ctrl or Cmd: alone it scrolls the page. */
  readonly wheel = (event: WheelEvent) => {
    const step = this.target.stepAt(event.clientX, false);
    if (step === null || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.target.zoomAround(step, event.deltaY < 0 ? WHEEL_FACTOR : 1 / WHEEL_FACTOR);
  };
}

function isPlot(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('.plot') !== null && target.closest('button, input') === null;
}

function between(a: number, b: number): StepWindow {
  return { from: Math.min(a, b), to: Math.max(a, b) };
}
