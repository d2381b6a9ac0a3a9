import type { RunView } from '../run/dashboard-state.js';
import { formatCount, formatPercent } from '../scales/format.js';
import { isHeld, isOver, knownConfig, plannedSteps } from './run-facts.js';
import type { Level } from './verdict.js';
import { say } from '../language/language.js';

export interface RunStatus {
  text: string;
  /** Codicon; "loading" turns. */
  icon: string;
  tone: 'error' | 'warning' | 'ok' | 'neutral';
}

/** The run's state in words; how bad it is comes from the verdict. */
export function runStatus(run: RunView, level: Level): RunStatus {
  const tone = level === 'bad' ? 'error' : level === 'risky' ? 'warning' : 'ok';
  switch (run.state) {
    case 'starting':
      return { text: say('Starting'), icon: 'loading', tone: 'neutral' };
    case 'preflight':
      return { text: say('Checking before the first update'), icon: 'loading', tone: 'neutral' };
    case 'running':
      return level === 'calm'
        ? { text: say('Training'), icon: 'loading', tone: 'ok' }
        : { text: say('Training, at risk'), icon: 'warning', tone };
    case 'paused':
      if (isHeld(run)) return { text: say('Held before the first update'), icon: 'debug-pause', tone };
      return level === 'calm'
        ? { text: say('Paused'), icon: 'debug-pause', tone: 'neutral' }
        : { text: say('Paused by the guard'), icon: 'debug-pause', tone };
    case 'completed':
      return { text: say('Completed'), icon: level === 'calm' ? 'pass' : level === 'bad' ? 'error' : 'warning', tone };
    case 'diverged':
      return { text: say('Diverged'), icon: 'error', tone: 'error' };
    case 'stopped':
      return { text: say('Stopped'), icon: 'debug-stop', tone: 'neutral' };
    case 'failed':
      return { text: say('Failed'), icon: 'error', tone: 'error' };
  }
}

/** A figure of the run bar: words before, the figure, words after. `wide` ones go first when room is short. */
export interface BarFigure {
  before?: string;
  value: string;
  after?: string;
  wide?: boolean;
}

export function barFigures(run: RunView): BarFigure[] {
  const figures: BarFigure[] = [];
  const { store, end, start } = run;
  const planned = plannedSteps(run);
  const step = store.count > 0 ? store.lastStep : 0;
  figures.push({
    before: say('step'),
    value: formatCount(step),
    after: planned === null ? undefined : say('of {0}', formatCount(planned)),
  });
  const epochs = knownConfig(run).training?.epochs;
  if (store.count > 0) {
    const epoch = (store.epoch[store.count - 1] as number) + 1;
    figures.push({
      before: say('epoch'),
      value: formatCount(epoch),
      after: epochs === undefined ? undefined : say('of {0}', formatCount(epochs)),
    });
  }
  const rate =
    end !== null && end.seconds > 0 && end.steps > 0 ? end.steps / end.seconds : run.state === 'running' ? run.pace.stepsPerSecond : null;
  if (rate !== null) figures.push({ value: formatCount(rate), after: say('steps/s') });
  if (start !== null) figures.push({ before: say('engine'), value: start.engine, wide: true });
  if (end !== null && end.steps > 0)
    figures.push({ before: say('telemetry'), value: formatPercent(end.telemetryShare), after: say('of time'), wide: true });
  if (start !== null) figures.push({ before: say('seed'), value: String(start.seed), wide: true });
  return figures;
}

/** A button of the run bar; `reason` says why it is disabled. */
export interface BarAction {
  command: 'pause' | 'resume' | 'step' | 'rollback' | 'stop' | 'train';
  icon: string;
  label: string;
  reason?: string;
}

export function barActions(run: RunView, trusted: boolean): BarAction[] {
  if (isOver(run)) {
    const over = say('The run is over');
    return [
      {
        command: 'train',
        icon: 'debug-restart',
        label: say('Train again'),
        reason: trusted ? undefined : say('Training needs a trusted workspace'),
      },
      { command: 'step', icon: 'debug-step-over', label: say('Run one step'), reason: over },
      { command: 'stop', icon: 'debug-stop', label: say('Stop training'), reason: over },
    ];
  }
  const paused = run.state === 'paused';
  const busy = run.state === 'starting' || run.state === 'preflight';
  return [
    paused
      ? { command: 'resume', icon: 'debug-continue', label: isHeld(run) ? say('Train anyway') : say('Resume training') }
      : { command: 'pause', icon: 'debug-pause', label: say('Pause training'), reason: busy ? say('Nothing is training yet') : undefined },
    { command: 'step', icon: 'debug-step-over', label: say('Run one step'), reason: paused ? undefined : say('Pause the run first') },
    {
      command: 'rollback',
      icon: 'discard',
      label:
        run.healthyStep === undefined ? say('Roll back to the last healthy step') : say('Roll back to healthy step {0}', run.healthyStep),
      reason: paused ? undefined : say('Pause the run first'),
    },
    { command: 'stop', icon: 'debug-stop', label: say('Stop training') },
  ];
}
