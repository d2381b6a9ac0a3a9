import { openCanvas } from '../charts/canvas.js';
import { hatch } from '../charts/hatch.js';
import { paintHeat } from '../charts/heat-painter.js';
import { LineChart } from '../charts/line-chart.js';
import type { Palette } from '../charts/palette.js';
import { paintRisk } from '../charts/risk-lane.js';
import type { Tracks } from '../view/tracks.js';

/** Pieces of the page that are painted in one go, in this order. */
const PIECES = ['heat', 'net', 'layers'] as const;
type Piece = (typeof PIECES)[number];

/** What is painted. */
export interface Scene {
  tracks: Tracks;
  palette: Palette;
  /** Width of the plots in CSS pixels. */
  width: number;
}

/**
 * Paints the tracks into the canvases of the timeline. What the reader asked for is painted at once; what the run adds is
 * spread, one piece per animation frame, so that no frame is late.
 */
export class TimelinePainter {
  private readonly charts = new Map<string, LineChart>();
  private readonly stale = new Set<Piece>();
  private request = 0;
  private scene: Scene | null = null;

  constructor(private readonly root: HTMLElement) {}

  repaint(scene: Scene, spread: boolean): void {
    if (scene.width === 0) return;
    this.scene = scene;
    PIECES.forEach((piece) => this.stale.add(piece));
    if (spread) return this.paintLater();
    for (const piece of this.stale) this.paint(piece, scene);
    this.stale.clear();
    this.paintLegend(scene.palette);
  }

  destroy(): void {
    cancelAnimationFrame(this.request);
    this.request = 0;
    this.stale.clear();
    for (const chart of this.charts.values()) chart.destroy();
    this.charts.clear();
  }

  private paintLater(): void {
    if (this.request !== 0) return;
    this.request = requestAnimationFrame(() => {
      this.request = 0;
      const [piece] = this.stale;
      if (piece === undefined || this.scene === null) return;
      this.stale.delete(piece);
      this.paint(piece, this.scene);
      if (this.stale.size > 0) this.paintLater();
    });
  }

  private paint(piece: Piece, { tracks, palette, width }: Scene): void {
    const draw = (key: 'loss' | 'rate' | 'norm' | 'layers') => this.chart(key)?.draw(tracks[key], palette, width, tracks.shadeFrom);
    switch (piece) {
      case 'heat': {
        const heat = this.canvas('.heat-canvas');
        if (heat !== null) paintHeat(heat, tracks.heat, palette, tracks.shadeFrom);
        break;
      }
      case 'net': {
        const risk = this.canvas('.risk-canvas');
        if (risk !== null) paintRisk(risk, tracks.risk, tracks.window, palette, tracks.shadeFrom);
        draw('loss');
        draw('rate');
        draw('norm');
        break;
      }
      case 'layers':
        draw('layers');
    }
  }

  private chart(key: string): LineChart | undefined {
    const target = this.root.querySelector<HTMLElement>(`[data-track="${key}"] .chart`);
    if (target !== null && !this.charts.has(key)) this.charts.set(key, new LineChart(target));
    return this.charts.get(key);
  }

  private paintLegend(palette: Palette): void {
    const ramp = this.canvas('.ramp-canvas');
    const sheet = ramp === null ? null : openCanvas(ramp);
    if (sheet !== null)
      for (let x = 0; x < sheet.width; x++) {
        sheet.context.fillStyle = palette.rampCss[Math.round((x / (sheet.width - 1)) * (palette.rampCss.length - 1))] ?? '';
        sheet.context.fillRect(x, 0, 1, sheet.height);
      }
    for (const canvas of this.root.querySelectorAll<HTMLCanvasElement>('.swatch-canvas')) {
      const swatch = openCanvas(canvas);
      if (swatch === null) continue;
      swatch.context.fillStyle = hatch(swatch.context, canvas.dataset['kind'] === 'NaN' ? 'NaN' : 'Inf', palette);
      swatch.context.fillRect(0, 0, swatch.width, swatch.height);
      swatch.context.strokeStyle = palette.colours.fg;
      swatch.context.strokeRect(0.5, 0.5, swatch.width - 1, swatch.height - 1);
    }
  }

  private canvas(selector: string): HTMLCanvasElement | null {
    return this.root.querySelector<HTMLCanvasElement>(selector);
  }
}
