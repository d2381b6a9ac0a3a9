import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../config/app-error.js';
import { formatPath } from '../config/config-path.js';
import type { Config } from '../config/config-schema.js';
import { applyConfigEdits } from '../config/edits.js';
import { isLivePath, LIVE_KEYS } from '../config/live-paths.js';
import { loadConfig } from '../config/parse-config.js';
import type { LiveChange } from '../telemetry/trainer-protocol.js';
import type { PreparedRun } from './run-setup.js';
import { createLearningRate } from './schedule.js';

/** The config a run is trained with, which may be changed while it runs. */
export class LiveConfig {
  /** With the changes so far. */
  private config: Config;
  private text: string;
  /** Step from which the schedule counts. */
  private scheduledFrom = 0;

  constructor(private readonly run: Pick<PreparedRun, 'config' | 'document' | 'plan' | 'stepper'>) {
    this.config = run.config;
    this.text = run.document.text;
  }

  /**
   * What the config would be after a change; nothing is changed yet.
   * @throws AppError where a key cannot be changed live, or the config would not be valid
   */
  after({ edits }: Pick<LiveChange, 'edits'>): { config: Config; text: string } {
    const refused = edits.find((edit) => !isLivePath(edit.path));
    if (refused !== undefined || edits.length === 0) {
      const what = refused === undefined ? 'Nothing' : formatPath(refused.path);
      const message = `${what} cannot be changed while a run goes on: only ${LIVE_KEYS} can.`;
      throw new AppError('arguments', message, 'Write it to the config and train again.', { path: refused?.path ?? [] });
    }
    const { file } = this.run.document;
    const text = applyConfigEdits(this.text, edits, file);
    const { training, model } = loadConfig(text, file).config;
    const { gradientClip, learningRateSchedule } = training;
    const optimizer = { ...this.config.training.optimizer, learningRate: training.optimizer.learningRate };
    const { training: before } = this.config;
    return { text, config: { ...this.config, model, training: { ...before, optimizer, gradientClip, learningRateSchedule } } };
  }

  /**
   * Trains by the changed config from the next step on. Weights, moments and counters of the optimizer stay; a schedule that has
   * changed counts from `step`.
   * @throws AppError where the model cannot take the change
   */
  take({ config, text }: { config: Config; text: string }, step: number): void {
    const { plan, stepper } = this.run;
    const { optimizer, learningRateSchedule, gradientClip } = config.training;
    const penalised = isDeepStrictEqual(config.model, this.config.model) ? {} : { penalties: config.model };
    stepper.reconfigure({ clip: gradientClip, ...penalised });
    const sameSchedule = isDeepStrictEqual(learningRateSchedule, this.config.training.learningRateSchedule);
    if (!sameSchedule) this.scheduledFrom = step;
    const rate = createLearningRate(optimizer, learningRateSchedule, this.scheduledFrom);
    if (sameSchedule) rate.restore(plan.learningRate.save());
    plan.learningRate = rate;
    this.config = config;
    this.text = text;
  }
}
