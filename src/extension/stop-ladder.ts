/** Milliseconds after the request to stop at which the next, harder means is taken. */
export interface StopTimes {
  /** To SIGTERM, while the trainer has not acknowledged. */
  terminate: number;
  /** To SIGKILL of the process and its children, while it has not acknowledged. */
  kill: number;
  /** To SIGKILL, once it acknowledged: it may evaluate and close its log in that time. */
  finish: number;
}

export const STOP_TIMES: StopTimes = { terminate: 250, kill: 1500, finish: 5000 };

export interface StopMeans {
  ask(): void;
  terminate(): void;
  kill(): void;
}

/** Ends a process the gentle way first: ask, SIGTERM, SIGKILL. */
export class StopLadder {
  private timers: NodeJS.Timeout[] = [];
  private started = false;
  private acknowledged = false;

  constructor(
    private readonly means: StopMeans,
    private readonly times: StopTimes = STOP_TIMES,
  ) {}

  start(): void {
    if (this.started) return;
    this.started = true;
    this.means.ask();
    this.after(this.times.terminate, () => this.means.terminate());
    this.after(this.times.kill, () => this.means.kill());
  }

  /** The process said that it is stopping: wait for it longer before it is killed. */
  acknowledge(): void {
    if (this.started) this.expectEnd();
  }

  /** The process will end by itself; it is killed where it does not. */
  expectEnd(): void {
    if (this.acknowledged) return;
    this.started = true;
    this.acknowledged = true;
    this.clear();
    this.after(this.times.finish, () => this.means.kill());
  }

  /** The process is gone. */
  clear(): void {
    this.timers.forEach(clearTimeout);
    this.timers = [];
  }

  private after(milliseconds: number, action: () => void): void {
    const timer = setTimeout(action, milliseconds);
    timer.unref();
    this.timers.push(timer);
  }
}
