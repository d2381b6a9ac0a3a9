import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/config/app-error.js';
import type { RunEvent } from '../../../src/telemetry/events.js';
import { encodeFrames } from '../../../src/telemetry/frame-batch.js';
import { errorLines, exitCodeOf } from '../../../src/training/terminal/error-text.js';
import { bar, duration, figure, worstLayer } from '../../../src/training/terminal/format.js';
import { LiveView } from '../../../src/training/terminal/live-view.js';
import { createStyle } from '../../../src/training/terminal/style.js';
import { frameAt } from '../telemetry/sample-frames.js';

const start: RunEvent = {
  event: 'start',
  schema: 1,
  run: 'r',
  config: {},
  engine: 'wasm',
  engineReason: 'built in',
  layers: [{ name: 'first', type: 'dense', parameters: 2 }, { name: 'second', type: 'dense', parameters: 2 }],
  parameters: 4,
  samples: { train: 8, validation: 0 },
  baseline: { loss: 1 },
  seed: 1,
  stepsPerEpoch: 10,
  plannedSteps: 100,
}; // prettier-ignore

const ESC = String.fromCharCode(27);
const ERASE = new RegExp(`^${ESC}\\[(\\d+)A${ESC}\\[0J`);

/** What stays on the screen: the moves of the cursor applied. */
function screenOf(write: (view: LiveView) => void, columns = 200): string[] {
  let rows: string[] = [''];
  const screen = {
    columns,
    write: (text: string) => {
      const up = ERASE.exec(text);
      if (up !== null) rows = [...rows.slice(0, rows.length - 1 - Number(up[1])), ''];
      for (const piece of text.replace(ERASE, '').split(/(\n)/)) {
        if (piece === '\n') rows.push('');
        else rows[rows.length - 1] += piece;
      }
    },
  };
  write(new LiveView(screen, createStyle({ isTTY: false }, {}), true));
  return rows;
}

describe('the terminal', () => {
  it('writes figures shortly', () => {
    expect([0, 0.012345, 1234.56, 4.56e8, 1e-9, NaN, -Infinity].map(figure)).toEqual(['0', '0.01235', '1235', '4.56e+8', '1.00e-9', 'NaN', '-Infinity']); // prettier-ignore
    expect(bar(0.5, 10)).toBe('[#####-----]');
    expect([bar(-1, 2), bar(7, 2)]).toEqual(['[--]', '[##]']);
    expect(duration(75.2)).toBe('1:15');
  });

  it('names the layer with the largest gradient, NaN before all', () => {
    const layers = [1, 5, NaN, 2].flatMap((norm) => frameAt(0, norm).layers);
    expect(worstLayer({ ...frameAt(0, 1), layers })).toBe(2);
    expect(worstLayer({ ...frameAt(0, 1), layers: layers.slice(0, 2) })).toBe(1);
    expect(worstLayer({ ...frameAt(0, 1), layers: [] })).toBe(-1);
  });

  it('colours only terminals, and none where NO_COLOR is set', () => {
    expect(createStyle({ isTTY: true }, {}).red('x')).toBe('\u001b[31mx\u001b[39m');
    expect(createStyle({ isTTY: true }, { NO_COLOR: '1' }).red('x')).toBe('x');
    expect(createStyle({ isTTY: false }, {}).red('x')).toBe('x');
  });

  it('draws its block over itself and lets findings scroll above it', () => {
    const frame = (step: number) => ({ ...frameAt(step, 3), layers: [3, 1].flatMap((norm) => frameAt(0, norm).layers) });
    const rows = screenOf((view) => {
      view.event(start);
      view.frames(encodeFrames([frame(0), frame(9)], 2));
      view.event({ event: 'finding', id: 'exploding-gradients', severity: 'error', phase: 'training', step: 9, layer: 'first', cause: 'training too hasty', message: 'The norm grows.', evidence: {}, stepsToOverflow: null, at: [], fixes: ['clip-gradients'] }); // prettier-ignore
      view.frames(encodeFrames([frame(49)], 2));
    });
    expect(rows.filter((row) => row.startsWith('['))).toEqual([expect.stringContaining('step 50/100  epoch 1/10')]);
    expect(rows.join('\n')).toContain('error exploding-gradients at step 9, layer first: training too hasty');
    expect(rows.join('\n')).toContain('worst first 3');
    expect(rows.findIndex((row) => row.startsWith('error'))).toBeLessThan(rows.findIndex((row) => row.startsWith('[')));
  });

  it('never writes more than the terminal is wide', () => {
    const rows = screenOf((view) => {
      view.event(start);
      view.frames(encodeFrames([{ ...frameAt(1, 2), layers: [] }], 0));
    }, 30);
    expect(Math.max(...rows.slice(2).map((row) => row.length))).toBeLessThan(30);
  });

  it('tells errors with their place, all those of one config, and no stack', () => {
    const at = (line: number) => new AppError('config-invalid', `Wrong ${line}.`, 'Correct it.', { file: 'c.json', line, column: 3 });
    const first = new AppError('config-invalid', 'Wrong 1.', 'Correct it.', { file: 'c.json', line: 1, column: 3 }, { cause: new AggregateError([at(7)]) }); // prettier-ignore
    expect(errorLines(first, false)).toEqual(['c.json:1:3: Wrong 1. Correct it.', 'c.json:7:3: Wrong 7. Correct it.']);
    expect(exitCodeOf(first)).toBe(2);
    expect(errorLines(new Error('odd'), false)).toHaveLength(1);
    expect(errorLines(new Error('odd'), true)[1]).toContain('terminal.test');
    expect(exitCodeOf(new Error('odd'))).toBe(1);
  });
});
