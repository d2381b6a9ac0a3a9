import type { RunOptions } from '../telemetry/trainer-protocol.js';
import type { StopTimes } from './stop-ladder.js';

/** What a run is started with. */
export interface RunRequest {
  options: RunOptions & { configText: string };
  checkOnly: boolean;
  nodePath?: string;
}

export interface RunServiceOptions {
  /** Absolute path of dist/trainer.js. */
  trainerScript: string;
  log: RunLog;
  stopTimes?: StopTimes;
}

/** The part of a LogOutputChannel that the service needs. */
export interface RunLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  debug(message: string): void;
}
