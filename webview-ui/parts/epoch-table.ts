import { html, nothing, type TemplateResult } from 'lit';
import type { RunView } from '../run/dashboard-state.js';
import { formatNumber, formatShare } from '../scales/format.js';
import { baselineLoss, spaced } from '../view/run-facts.js';
import { say, sayName } from '../language/language.js';

/** Epochs listed at first; the newest first. */
const EPOCH_ROWS = 6;

/** The epochs with their losses and metrics, on the training and on the validation split. */
export function epochsSection(run: RunView): TemplateResult | typeof nothing {
  if (run.epochs.length === 0) return nothing;
  const rows = [...run.epochs].sort((a, b) => b.epoch - a.epoch);
  const [shown, older] = [rows.slice(0, EPOCH_ROWS), rows.slice(EPOCH_ROWS)];
  return html`<section class="section epochs" aria-labelledby="epochs-title">
    <header>
      <h2 id="epochs-title">${say('Epochs')}</h2>
      <span class="number">${run.epochs.length}</span>
    </header>
    <div class="inner">
      ${epochTable(run, shown)}
      ${
        older.length === 0
          ? nothing
          : html`<details class="more">
              <summary>${say('{0} earlier', older.length)}</summary>
              ${epochTable(run, older)}
            </details>`
      }
    </div>
  </section>`;
}

function epochTable(run: RunView, rows: RunView['epochs']): TemplateResult {
  const baseline = baselineLoss(run);
  const validated = run.epochs.some((epoch) => epoch.validation !== null);
  const metrics = [...new Set(run.epochs.flatMap((epoch) => Object.keys(epoch.metrics)))];
  const head = (title: string) => html`<th scope="col">${title}</th>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${say('Figures of the epochs')}>
    <table class="figures-table">
      <thead>
        <tr>
          ${head(say('epoch'))} ${head(say('loss'))} ${validated ? head(say('validation loss')) : nothing}
          ${baseline === null ? nothing : head(say('loss ÷ baseline'))}
          ${metrics.map((name) => html`${head(sayName(spaced(name)))} ${validated ? head(say('validation {0}', sayName(spaced(name)))) : nothing}`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ epoch, loss, metrics: values, validation }) =>
            html`<tr>
              <td>${epoch + 1}</td>
              <td>${formatNumber(loss)}</td>
              ${validated ? html`<td>${formatNumber(validation?.loss ?? null)}</td>` : nothing}
              ${baseline === null ? nothing : html`<td>${formatShare(loss / baseline)}</td>`}
              ${metrics.map(
                (name) =>
                  html`<td>${formatNumber(values[name] ?? null)}</td>
                    ${validated ? html`<td>${formatNumber(validation?.metrics[name] ?? null)}</td>` : nothing}`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
