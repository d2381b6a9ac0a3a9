import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { DiffLine, FixCard } from '../../src/telemetry/page-protocol.js';
import type { RunView } from '../run/dashboard-state.js';
import { isOver } from '../view/run-facts.js';
import type { PageActions } from './actions.js';
import { button, link } from './button.js';
import { icon } from './icon.js';
import { resultWord, trialResult, verdictMark } from './trial-result.js';
import { say } from '../language/language.js';

/** A card keeps its element, and stays open, when a new finding changes their order. */
const byId = (fix: FixCard) => fix.id;

/** The fixes that answer the findings, best first; the first is open, the others open on demand. */
export function fixesSection(run: RunView, actions: PageActions): TemplateResult | typeof nothing {
  if (run.fixes.length === 0) return nothing;
  return html`<section class="section fixes" aria-labelledby="fixes-title">
    <header>
      <h2 id="fixes-title">${say('Fixes')}</h2>
      <span class="number">${run.fixes.length}</span>
      ${searchControl(run, actions)}
    </header>
    ${run.search === undefined ? nothing : html`<p class="search-line" role="status">${run.search.line}</p>`}
    ${repeat(run.fixes, byId, (fix, i) => fixCard(fix, i === 0, run, actions))}
  </section>`;
}

/** Starts the search for a working fix; while it goes on, how far it is and the way to end it. */
function searchControl({ search }: RunView, { send, readOnly }: PageActions): TemplateResult | typeof nothing {
  if (readOnly) return nothing;
  if (search === undefined) return html`<span class="search">${link(say('Find a working fix'), () => send({ type: 'findFix' }))}</span>`;
  return html`<span class="search">
    <progress max="1" value=${Math.min(1, search.spent)} aria-label=${say('Search for a working fix')}></progress>
    ${link(say('Cancel'), () => send({ type: 'cancelFindFix' }))}
  </span>`;
}

function fixCard(fix: FixCard, first: boolean, run: RunView, { send, readOnly }: PageActions): TemplateResult {
  const { id, title, why, diff, applied, trial, appliedLive } = fix;
  const mark = trial === undefined ? null : verdictMark(trial);
  const reason = fix.disabledReason ?? (applied === true ? say('It is in the config already') : undefined);
  const note = `fix-note-${id}`;
  const apply = (retrain: boolean) => () => send({ type: 'applyFix', fix: id, retrain });
  return html`<details class="fix" ?open=${first} data-fix=${id}>
    <summary>
      ${icon(applied === true ? 'pass' : (mark?.codicon ?? 'wrench'), applied === true ? 'ok' : (mark?.tone ?? 'dim'))}
      <span class="title">${title}</span>
      ${applied === true ? html`<span class="result">${say('applied')}</span>` : trial === undefined ? nothing : html`<span class="result">${resultWord(trial)}</span>`}
      ${appliedLive === undefined ? nothing : html`<span class="result">${say('live from step {0}', appliedLive)}</span>`}
      <span class="codicon codicon-chevron-down" aria-hidden="true"></span>
    </summary>
    <div class="card">
      <p class="why">${why}</p>
      ${trial === undefined ? nothing : trialResult(trial)} ${diff.length === 0 ? nothing : diffBlock(diff, run.config)}
      ${
        readOnly
          ? nothing
          : html`<div class="buttons">
                ${button(say('Apply and retrain'), apply(true), { primary: first, reason, describedBy: note })}
                ${button(appliedLive === undefined ? say('Apply') : say('Write to config'), apply(false), { reason, describedBy: note })}
                ${liveButtons(fix, run, send, note)}
                ${button(say('Preview'), () => send({ type: 'previewFix', fix: id }), { reason, describedBy: note })}
              </div>
              <p class="note" id=${note}>${reason === undefined ? noteOf(fix, run) : say('{0}.', reason.replace(/[.。]$/, ''))}</p>`
      }
    </div>
  </details>`;
}

/** Buttons that change the run that goes on: from its last healthy step, where that is known, and from where it is. */
function liveButtons({ id, live, appliedLive }: FixCard, run: RunView, send: PageActions['send'], describedBy: string) {
  if (!live || isOver(run) || appliedLive !== undefined) return nothing;
  const apply = (from: 'now' | 'healthy') => () => send({ type: 'applyLive', fix: id, from });
  const { healthyStep } = run;
  return html`${
    healthyStep === undefined || run.state !== 'paused'
      ? nothing
      : button(say('Apply live from healthy step {0}', healthyStep), apply('healthy'), { describedBy })
  }
  ${button(say('Apply live now'), apply('now'), { describedBy })}`;
}

function noteOf({ live, appliedLive }: FixCard, run: RunView): string {
  if (appliedLive !== undefined) return say('The run has it; the config does not, until you write it there.');
  const note = say('Apply is one undo step in the editor.');
  return live && !isOver(run) ? `${note} ${say('Applied live, it changes this run and not the config.')}` : note;
}

const SIGNS = { remove: '−', add: '+', context: ' ' };
const WORDS = { remove: say('removed'), add: say('added'), context: say('unchanged') };

function diffBlock(lines: DiffLine[], config: string): TemplateResult {
  return html`<div class="diff">
    <div class="file" translate="no">${config}</div>
    ${lines.map(
      ({ kind, line, text }) =>
        html`<div class="line ${kind}">
          <span class="number">${line}</span><span class="sign" aria-hidden="true">${SIGNS[kind]}</span>
          <span class="hidden">${WORDS[kind]}</span><span class="text" translate="no">${text}</span>
        </div>`,
    )}
  </div>`;
}
