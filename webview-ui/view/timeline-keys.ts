import type { PageMemory } from '../run/page-memory.js';
import { panBy, windowWith, zoomAround, type StepWindow } from '../run/step-window.js';
import { say } from '../language/language.js';

/** What the charts show when a key is pressed. */
export interface KeyScene {
  window: StepWindow;
  /** The window of the whole run. */
  whole: StepWindow;
  /** First and newest step with figures. */
  first: number;
  now: number;
  /** Step under the crosshair; null where it stands at the newest. */
  cursor: number | null;
  /** Steps per point of the charts. */
  stride: number;
  /** Names of the layers that are shown, from top to bottom, and the selected one. */
  layers: readonly string[];
  layer: string | null;
}

/** What a key asks for. */
export interface KeyEffect {
  /** New place of the crosshair, where it moves; null takes it back to the newest step. */
  cursor?: number | null;
  remember?: Partial<PageMemory>;
  help?: true;
}

export interface Key {
  key: string;
  shift: boolean;
}

/** Keys and what they do, for the help. */
export const KEY_HELP: readonly [keys: string, effect: string][] = [
  ['← →', say('move the crosshair by a point')],
  [say('Page Up, Page Down'), say('move it by ten points')],
  [say('Home, End'), say('to the first or the newest step')],
  ['+ −', say('zoom in or out around the crosshair')],
  [say('Shift ← →'), say('move the zoomed window')],
  ['0', say('whole run')],
  ['F', say('follow the newest 200 steps')],
  ['↑ ↓', say('focus the layer above or below')],
  [say('Escape'), say('crosshair back to now, no layer in focus')],
  [say('Ctrl C'), say('copy the values at the crosshair')],
  [say('drag'), say('zoom to a stretch; double click: whole run')],
  ['?', say('this help')],
];

const MOVES: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };
const PAN_SHARE = 0.25;

/** The effect of a key on the charts; null where it has none. */
export function effectOf({ key, shift }: Key, scene: KeyScene): KeyEffect | null {
  const { window, whole, cursor, now } = scene;
  const at = cursor ?? Math.min(now, window.to);
  const move = MOVES[key];
  if (shift && (key === 'ArrowLeft' || key === 'ArrowRight'))
    return zoomed(panBy(window, key === 'ArrowLeft' ? -PAN_SHARE : PAN_SHARE, whole));
  if (move !== undefined) return moved(scene, at + move * scene.stride);
  switch (key) {
    case 'Home':
      return moved(scene, scene.first);
    case 'End':
      return moved(scene, now);
    case '+':
    case '=':
      return zoomed(zoomAround(window, at, 0.5, whole));
    case '-':
    case '_':
      return zoomed(zoomAround(window, at, 2, whole));
    case '0':
      return { remember: { view: 'whole', zoom: null } };
    case 'f':
    case 'F':
      return { remember: { view: 'follow', zoom: null } };
    case 'ArrowUp':
    case 'ArrowDown':
      return neighbour(scene, key === 'ArrowUp' ? -1 : 1);
    case 'Escape':
      return { cursor: null, remember: { layer: null } };
    case '?':
      return { help: true };
    default:
      return null;
  }
}

/** What is all of the run is the view of all of it, which goes on with the run. */
function zoomed(zoom: StepWindow | null): KeyEffect {
  return { remember: zoom === null ? { view: 'whole', zoom } : { zoom } };
}

/** Moves the crosshair, and the window with it where it would leave it. */
function moved({ first, now, window, whole }: KeyScene, step: number): KeyEffect {
  const cursor = Math.max(first, Math.min(now, step));
  const zoom = windowWith(cursor, window, whole);
  return zoom === window ? { cursor } : { cursor, ...zoomed(zoom) };
}

function neighbour({ layers, layer }: KeyScene, by: number): KeyEffect | null {
  if (layers.length === 0) return null;
  const at = layer === null ? -1 : layers.indexOf(layer);
  const next = at < 0 ? (by > 0 ? 0 : layers.length - 1) : Math.max(0, Math.min(layers.length - 1, at + by));
  return { remember: { layer: layers[next] ?? null } };
}
