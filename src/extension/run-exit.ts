import type { ErrorData } from '../config/app-error.js';
import type { RunMirror } from './run-mirror.js';
import { crashError, type TrainerExit } from './trainer-process.js';

/** Ends a run whose process is gone and that never said that it ended. Returns what went wrong, where something did. */
export function endWithoutWord(run: RunMirror, exit: TrainerExit): ErrorData | null {
  if (run.stopRequested) run.addEvent({ event: 'state', state: 'stopped', step: Math.max(0, run.lastStep), reason: 'stopped by you' });
  else if (run.checkOnly && exit.code === 0) run.addEvent({ event: 'state', state: 'completed', step: 0 });
  else return crashError(exit, run.lastStep).toJSON();
  return null;
}
