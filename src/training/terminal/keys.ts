import type { RunControl } from '../run-control.js';

const CTRL_C = '\u0003';

/** Listens to single keys: p pause, r resume, s one step, b back to the last healthy step, q stop. Returns a function that gives the terminal back. */
export function listenToKeys(input: NodeJS.ReadStream, control: RunControl, interrupt: () => void): () => void {
  const onKey = (data: Buffer): void => {
    for (const key of data.toString()) {
      if (key === CTRL_C) interrupt();
      else if (key === 'p') control.pause();
      else if (key === 'r') control.resume();
      else if (key === 's') control.step();
      else if (key === 'b') control.rollback();
      else if (key === 'q') control.stop();
    }
  };
  input.setRawMode(true);
  input.on('data', onKey);
  input.resume();
  return () => {
    input.off('data', onKey);
    input.setRawMode(false);
    input.pause();
  };
}
