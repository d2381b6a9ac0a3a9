import type { RunState, StateEvent } from '../telemetry/events.js';
import type { RunOutbox } from './run-outbox.js';

/** The state a run is in, told whenever it changes. */
export class RunStates {
  private state: RunState = 'starting';

  constructor(private readonly outbox: RunOutbox) {}

  /** Tells nothing where the run is in this state already, unless there is something new to say of it. */
  enter(state: RunState, step: number, said: Pick<StateEvent, 'reason' | 'healthy'> & { anew?: boolean } = {}): void {
    const { anew = false, ...rest } = said;
    if (this.state === state && !anew) return;
    this.state = state;
    this.outbox.event({ event: 'state', state, step, ...rest });
  }
}
