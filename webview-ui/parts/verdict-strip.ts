import { html, nothing, type TemplateResult } from 'lit';
import type { RunView } from '../run/dashboard-state.js';
import { HIGH_RISK, RISK_LIMIT } from '../view/readings.js';
import { evidenceNow, LIMIT_POSITION, riskNow, signalOf, type Signal } from '../view/signals.js';
import type { Fact, Level, Verdict } from '../view/verdict.js';
import type { PageActions } from './actions.js';
import { button } from './button.js';
import { icon } from './icon.js';
import { styles } from './styles.js';
import { say } from '../language/language.js';

/** The verdict: one line while all is calm; else headline, facts in fixed places, the fix, and on the right the risk with its evidence. */
export function verdictStrip(run: RunView, verdict: Verdict, actions: PageActions): TemplateResult {
  const { level, headline, detail, facts, finding } = verdict;
  const calm = level === 'calm';
  const signals = calm ? [] : evidenceNow(run, finding).map(signalOf).sort((a, b) => Number(b.past) - Number(a.past)); // prettier-ignore
  return html`<section class="verdict ${level}" aria-label=${say('Verdict')}>
    <div class="say">
      <div class="head">
        ${icon(verdict.icon, verdict.tone)}
        <h1>${headline}</h1>
        ${calm ? html`<p class="detail">${detail}</p>` : nothing}
      </div>
      ${calm || detail === '' ? nothing : html`<p class="detail">${detail}</p>`}
      ${
        facts.length === 0
          ? nothing
          : html`<div class="answers">
              <dl class="facts">${facts.map(factItem)}</dl>
              ${fixLine(verdict, actions)}
            </div>`
      }
      ${run.state === 'failed' && !actions.readOnly ? html`<div class="buttons">${button(say('Show log'), () => actions.send({ type: 'showLog' }), { primary: true })}</div>` : nothing}
    </div>
    ${riskPanel(run, verdict, signals)}
  </section>`;
}

function factItem({ label, value, note }: Fact): TemplateResult {
  return html`<div>
    <dt>${label}</dt>
    <dd class="value">${value}</dd>
    <dd class="note">${note}</dd>
  </div>`;
}

function fixLine({ fix }: Verdict, { send, readOnly }: PageActions): TemplateResult | typeof nothing {
  if (fix === null) return nothing;
  const { id, title, why, applied } = fix;
  const reason = fix.disabledReason ?? (applied === true ? say('It is in the config already') : undefined);
  const apply = (retrain: boolean) => () => send({ type: 'applyFix', fix: id, retrain });
  return html`<div class="best-fix">
    <div>
      <div class="label">${say('Fix')}</div>
      <div class="value">${title}</div>
      <div class="note">${why}</div>
    </div>
    ${
      readOnly
        ? nothing
        : html`<div class="buttons">
            ${button(say('Apply and retrain'), apply(true), { primary: true, reason })} ${button(say('Apply'), apply(false), { reason })}
          </div>`
    }
  </div>`;
}

function riskPanel(run: RunView, { level, finding }: Verdict, signals: Signal[]): TemplateResult | typeof nothing {
  if (run.store.count === 0 && signals.length === 0) return nothing;
  const risk = riskNow(run, finding);
  const past = signals.filter((signal) => signal.past).length;
  return html`<div class="signals">
    <div class="risk">
      <span>${say('Risk')} <b>${risk.toFixed(2)}</b></span>
      ${meter(risk, RISK_LIMIT, risk > HIGH_RISK ? 'error' : risk > RISK_LIMIT ? 'warning' : '')}
      <span class="count"
        >${signals.length === 0 ? say('limit {0}', RISK_LIMIT.toFixed(2)) : say('{0} of {1} past limit', past, signals.length)}</span
      >
    </div>
    ${signals.map((signal) => signalLine(signal, level))}
  </div>`;
}

/** One line of evidence; a triangle where the limit is crossed, a ring where it is not. */
export function signalLine({ name, value, limit, position, past }: Signal, level: Level): TemplateResult {
  const tone = past ? (level === 'bad' ? 'error' : 'warning') : '';
  return html`<div class="signal ${tone}">
    <span class="mark ${past ? 'past' : ''}" role="img" aria-label=${past ? say('past its limit') : say('within its limit')}></span>
    <span class="name" title=${name}>${name}</span>
    ${meter(position, LIMIT_POSITION, tone)}
    <span class="value">${value}</span>
    <span class="limit">${limit}</span>
  </div>`;
}

function meter(position: number, limit: number, tone: string): TemplateResult {
  return html`<span class="meter ${tone}" aria-hidden="true">
    <i ${styles({ width: `${Math.round(position * 100)}%` })}></i><s ${styles({ left: `${limit * 100}%` })}></s>
  </span>`;
}
