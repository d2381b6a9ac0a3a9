import path from 'node:path';
import { formatNumber } from '../diagnosis/format-number.js';
import { FINAL_STATES, type RunState, type Severity } from '../telemetry/events.js';
import type { RunMirror } from './run-mirror.js';
import { say } from './language.js';

/** What the status bar tells of a run. */
export interface RunHealth {
  /** Name of the config file. */
  config: string;
  state: RunState;
  reason?: string;
  stopping: boolean;
  checkOnly: boolean;
  engine: string | null;
  engineReason: string | null;
  stepsPerSecond: number | null;
  /** 1-based. */
  epoch: number | null;
  epochs: number | null;
  step: number | null;
  loss: number | null;
  baselineLoss: number | null;
  /** 0..1 */
  risk: number | null;
  /** Severity of the worst finding. */
  worst: Severity | null;
  error?: string;
}

export interface StatusItem {
  text: string;
  /** Markdown-free lines. */
  tooltip: string;
  tone: 'normal' | 'warning' | 'error';
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** Reads the health off a run. */
export function healthOf(run: RunMirror): RunHealth {
  const { start, latest, end } = run;
  const epochs = start?.plannedSteps !== undefined && start.stepsPerEpoch ? Math.ceil(start.plannedSteps / start.stepsPerEpoch) : null;
  return {
    config: path.basename(run.configFile),
    state: run.state,
    reason: run.stateReason,
    stopping: run.stopRequested && !run.ended,
    checkOnly: run.checkOnly,
    engine: start?.engine ?? null,
    engineReason: start?.engineReason ?? null,
    stepsPerSecond: run.stepsPerSecond,
    epoch: latest === null ? null : latest.epoch + 1,
    epochs,
    step: latest?.step ?? null,
    loss: end?.loss ?? latest?.loss ?? null,
    baselineLoss: start?.baseline.loss ?? null,
    risk: latest?.risk ?? null,
    worst: SEVERITIES.find((severity) => run.standing.some((finding) => finding.severity === severity)) ?? null,
    error: run.error?.message,
  };
}

/** The status bar item of a run's health; null where there is nothing to say. Pure. */
export function statusItem(health: RunHealth | null): StatusItem | null {
  if (health === null) return null;
  const figures = [health.engine, pace(health), epoch(health), loss(health), risk(health)].filter((part) => part !== null);
  return {
    text: [`${icon(health)} ${title(health)}`, ...(shown(health) ? figures : [])].join(' · '),
    tooltip: tooltip(health),
    tone: tone(health),
  };
}

function title(health: RunHealth): string {
  if (health.stopping) return say('Stopping');
  if (health.checkOnly)
    return health.state === 'failed' ? say('Check failed') : FINAL_STATES.includes(health.state) ? say('Checked') : say('Checking');
  const titles: Record<RunState, string> = {
    starting: say('Starting'),
    preflight: say('Pre-flight'),
    running: say('Training'),
    paused: say('Paused'),
    completed: say('Trained'),
    diverged: say('Diverged'),
    stopped: say('Stopped'),
    failed: say('Failed'),
  };
  return titles[health.state];
}

function icon(health: RunHealth): string {
  if (health.stopping) return '$(loading~spin)';
  const icons: Record<RunState, string> = {
    starting: '$(loading~spin)',
    preflight: '$(loading~spin)',
    running: '$(pulse)',
    paused: '$(debug-pause)',
    completed: '$(check)',
    diverged: '$(flame)',
    stopped: '$(debug-stop)',
    failed: '$(error)',
  };
  return icons[health.state];
}

function shown(health: RunHealth): boolean {
  return health.state !== 'failed' && !health.checkOnly;
}

function pace({ stepsPerSecond, state }: RunHealth): string | null {
  if (stepsPerSecond === null || state !== 'running') return null;
  return say('{0} steps/s', formatNumber(stepsPerSecond >= 10 ? Math.round(stepsPerSecond) : stepsPerSecond));
}

function epoch(health: RunHealth): string | null {
  if (health.epoch === null) return null;
  return health.epochs === null ? say('epoch {0}', health.epoch) : say('epoch {0}/{1}', health.epoch, health.epochs);
}

function loss(health: RunHealth): string | null {
  return health.loss === null ? null : say('loss {0}', formatNumber(health.loss));
}

function risk(health: RunHealth): string | null {
  return health.risk === null || FINAL_STATES.includes(health.state)
    ? null
    : say('risk {0} %', formatNumber(Math.round(health.risk * 100)));
}

function tone(health: RunHealth): StatusItem['tone'] {
  if (health.state === 'failed' || health.state === 'diverged' || health.worst === 'error') return 'error';
  return health.worst === 'warning' || (health.risk !== null && health.risk >= 0.5) ? 'warning' : 'normal';
}

function tooltip(health: RunHealth): string {
  const lines = [`Gradwatch: ${health.config}`, [title(health), health.reason].filter(Boolean).join(': ')];
  if (health.engine !== null) lines.push(say('Engine {0}: {1}', health.engine, health.engineReason ?? ''));
  if (health.step !== null) lines.push(say('Step {0}', health.step));
  if (health.loss !== null && health.baselineLoss !== null && health.baselineLoss > 0)
    lines.push(say('Loss {0}, {1} of the baseline', formatNumber(health.loss), formatNumber(health.loss / health.baselineLoss)));
  if (health.error !== undefined) lines.push(health.error);
  lines.push(say('Click to open the gradient dashboard.'));
  return lines.join('\n');
}
