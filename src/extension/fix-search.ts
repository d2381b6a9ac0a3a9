import path from 'node:path';
import { AppError } from '../config/app-error.js';
import type { TrainerMessage } from '../telemetry/trainer-protocol.js';
import type { TrialsMessage, TrialsRequest, TrialsResult } from '../telemetry/trials-protocol.js';
import { Emitter } from './emitter.js';
import { asErrorData } from './error-data.js';
import type { RunLog } from './run-request.js';
import type { StopTimes } from './stop-ladder.js';
import { crashError, TrainerProcess } from './trainer-process.js';
import { say } from './language.js';

export interface FixSearchOptions {
  /** Absolute path of dist/trainer.js, which runs the search and each of its trials. */
  trainerScript: string;
  log: RunLog;
  stopTimes?: StopTimes;
}

/** What is searched: the text as the editor shows it. */
export type FixSearchRequest = TrialsRequest & { configText: string };

export type SearchProgress = Extract<TrialsMessage, { type: 'progress' }>;

/** What a search has found, and the text it speaks of. */
export interface SearchOutcome {
  configText: string;
  result: TrialsResult;
}

/** A cancelled search has no time to say goodbye in: its process, and the trials with it, is gone within a second. */
const CANCEL_TIMES: StopTimes = { terminate: 400, kill: 700, finish: 700 };
/** Searches remembered, one of each config. */
const KEPT_OUTCOMES = 16;

/** Searches for working fixes, one at a time, in a process of its own, and remembers what each config's newest search has found. */
export class FixSearchService {
  private process: TrainerProcess | null = null;
  private request: FixSearchRequest | null = null;
  private cancelled = false;
  private newest: SearchProgress | null = null;
  private readonly outcomes = new Map<string, SearchOutcome>();
  private readonly emitters = {
    /** The path of the config: its search has begun or ended. */
    change: new Emitter<string>(),
    progress: new Emitter<SearchProgress>(),
  };
  readonly onChange = this.emitters.change.event;
  readonly onProgress = this.emitters.progress.event;

  constructor(private readonly options: FixSearchOptions) {}

  /** Absolute path of the config that is searched now. */
  get searching(): string | null {
    return this.request?.configFile ?? null;
  }

  /** How far the search is; null where there is none, or before its first word. */
  get progress(): SearchProgress | null {
    return this.newest;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** What the newest search of a config has found. */
  outcomeFor(configFile: string): SearchOutcome | undefined {
    return this.outcomes.get(configFile);
  }

  /**
   * Searches, and resolves with what was found; where it was cancelled, with null.
   * @throws AppError `search-running` where one goes on, `trainer-crashed`, or the error of a config or of data that cannot be trained.
   */
  async search(request: FixSearchRequest, nodePath?: string): Promise<TrialsResult | null> {
    if (this.request !== null)
      throw new AppError(
        'search-running',
        say('A working fix is being searched for {0}.', path.basename(this.request.configFile)),
        say('Cancel that search or wait for its end.'),
      );
    this.request = request;
    this.cancelled = false;
    this.options.log.info(`Searching a working fix for ${request.configFile}`);
    this.emitters.change.fire(request.configFile);
    try {
      const result = await this.run(request, nodePath);
      if (this.cancelled || result === null || result.status === 'cancelled') return null;
      this.remember(request, result);
      return result;
    } finally {
      this.process = null;
      this.request = null;
      this.newest = null;
      this.emitters.change.fire(request.configFile);
    }
  }

  /** Ends the search that goes on; its trials are gone within a second. */
  cancel(): void {
    this.cancelled = true;
    this.process?.stop();
  }

  /** Ends everything at once: the window closes. */
  dispose(): void {
    this.process?.kill();
    Object.values(this.emitters).forEach((emitter) => emitter.dispose());
  }

  private run(request: FixSearchRequest, nodePath: string | undefined): Promise<TrialsResult | null> {
    return new Promise((resolve, reject) => {
      const { trainerScript: script, stopTimes = CANCEL_TIMES, log } = this.options;
      const child = new TrainerProcess({ script, nodePath, cwd: path.dirname(request.configFile), stopTimes });
      this.process = child;
      let result: TrialsResult | null = null;
      let failure: AppError | null = null;
      child.onOutput((text) => log.debug(text.trimEnd()));
      child.onMessage((message) => {
        if (message.type === 'error') failure = AppError.fromJSON(asErrorData(message.error));
        if (message.type === 'error' || isResult(message)) child.release();
        if (isResult(message)) result = message.message.result;
        if (message.type === 'trials' && message.message.type === 'progress') this.tell(message.message);
        if (message.type === 'log') log[message.level](message.text);
      });
      // The end of the process, not its last word: what is left of the trials is gone with it.
      child.onExit((exit) => {
        if (failure !== null && !this.cancelled) reject(failure);
        else if (result === null && !this.cancelled) reject(crashError(exit, -1));
        else resolve(result);
      });
      child.send({ type: 'find-fix', request });
    });
  }

  private tell(progress: SearchProgress): void {
    this.newest = progress;
    this.emitters.progress.fire(progress);
  }

  private remember({ configFile, configText }: FixSearchRequest, result: TrialsResult): void {
    this.outcomes.delete(configFile);
    this.outcomes.set(configFile, { configText, result });
    const [oldest] = this.outcomes.keys();
    if (this.outcomes.size > KEPT_OUTCOMES && oldest !== undefined) this.outcomes.delete(oldest);
  }
}

function isResult(message: TrainerMessage): message is { type: 'trials'; message: Extract<TrialsMessage, { type: 'result' }> } {
  return message.type === 'trials' && message.message.type === 'result';
}
