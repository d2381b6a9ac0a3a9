import { cssColour, heatRamp, type Rgb } from '../scales/heat-scale.js';

/** Colour variables of the style sheet that canvases draw with. */
const TOKENS = ['bg', 'fg', 'dim', 'grid', 'err', 'warn', 'ok', 'run', 'other', 'purple', 'faint', 'ghost', 'shade', 'neutral'] as const;
export type Token = (typeof TOKENS)[number];

/** Resolved colours of the theme that is on, for canvases. */
export interface Palette {
  colours: Record<Token, string>;
  background: Rgb;
  foreground: Rgb;
  ramp: Rgb[];
  /** The ramp as CSS colours. */
  rampCss: string[];
  /** The ramp as pixels of an image, alpha included. */
  rampPixels: Uint32Array;
  /** The colours as pixels. */
  pixels: Record<Token, number>;
  font: string;
}

/** Whether the body carries the class of a dark VS Code theme. */
function isDark(): boolean {
  const { classList } = document.body;
  return classList.contains('vscode-high-contrast')
    ? !classList.contains('vscode-high-contrast-light')
    : !classList.contains('vscode-light');
}

/** Reads the theme's colours. `probe` is any element inside the page; its colour is borrowed while measuring. */
export function readPalette(probe: HTMLElement): Palette {
  const resolve = (token: Token) => {
    probe.style.setProperty('color', `var(--${token})`);
    return getComputedStyle(probe).color;
  };
  const colours = Object.fromEntries(TOKENS.map((token) => [token, resolve(token)])) as Record<Token, string>;
  probe.style.removeProperty('color');
  const ramp = heatRamp(isDark());
  return {
    colours,
    background: toRgb(colours.bg),
    foreground: toRgb(colours.fg),
    ramp,
    rampCss: ramp.map(cssColour),
    rampPixels: toPixels(ramp),
    pixels: Object.fromEntries(TOKENS.map((token) => [token, toPixels([toRgb(colours[token])])[0] ?? 0])) as Record<Token, number>,
    font: `11px ${getComputedStyle(probe).fontFamily}`,
  };
}

function toPixels(colours: readonly Rgb[]): Uint32Array {
  return new Uint32Array(Uint8ClampedArray.from(colours.flatMap((colour) => [...colour, 255])).buffer);
}

/** Paints a colour onto one pixel: the only reader of every CSS notation. */
function toRgb(colour: string): Rgb {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d');
  if (context === null) return [0, 0, 0];
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return [r ?? 0, g ?? 0, b ?? 0];
}

/** Calls back when VS Code changes the theme: it does so by the classes of the body and the variables of the root. */
export function onThemeChange(callback: () => void): () => void {
  const observer = new MutationObserver(callback);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  return () => observer.disconnect();
}
