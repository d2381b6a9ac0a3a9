import { html, type TemplateResult } from 'lit';
import { styles } from './styles.js';

/** Width of the silhouette's widest layer and what every layer has. */
const WIDEST = 34;
const LEAST = 4;

/** A layer as a piece of the net's silhouette. */
export interface Piece {
  units: number;
  /** Units of the next layer. */
  next: number;
  /** Units of the widest layer of the net. */
  widest: number;
  /** Colour of its value; "broken" for one that is no number, null where there is none. */
  colour: string | null;
}

/** Trapezium from a layer's width to the next one's; width is the square root of the units. */
export function silhouette({ units, next, widest, colour }: Piece): TemplateResult {
  const width = (u: number) => LEAST + (WIDEST - LEAST) * Math.sqrt(u / widest);
  const [top, bottom] = [width(units), width(next)];
  const [a, b] = [(WIDEST - top) / 2, (WIDEST - bottom) / 2];
  const path = `polygon(${a}px 0, ${a + top}px 0, ${b + bottom}px 100%, ${b}px 100%)`;
  const painted = colour !== null && colour !== 'broken';
  return html`<span class="shape" aria-hidden="true"
    ><i class=${painted ? '' : (colour ?? 'unknown')} ${styles({ 'clip-path': path, background: painted ? colour : '' })}></i
  ></span>`;
}
