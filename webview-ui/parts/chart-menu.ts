import { html, type TemplateResult } from 'lit';
import { CHART_TITLES, type ChartKey } from '../view/chart-data.js';
import { icon } from './icon.js';
import { say } from '../language/language.js';

/** What can be done with a chart. */
export type ChartAct = 'copy' | 'picture' | 'data' | 'table';

const ITEMS: readonly [ChartAct, string, string][] = [
  ['copy', 'copy', say('Copy the values at the crosshair')],
  ['picture', 'file-media', say('Save the picture (PNG)')],
  ['data', 'save', say('Save the data (CSV)')],
  ['table', 'table', say('Show the data as a table')],
];

/** The button that opens the menu of a chart. */
export function menuButton(chart: ChartKey, open: (chart: ChartKey, button: HTMLElement) => void): TemplateResult {
  const label = say('Actions for the chart {0}', CHART_TITLES[chart]);
  return html`<button
    class="icon-button chart-actions"
    title=${label}
    aria-label=${label}
    aria-haspopup="menu"
    @click=${(event: Event) => open(chart, event.currentTarget as HTMLElement)}
  >
    <span class="codicon codicon-ellipsis" aria-hidden="true"></span>
  </button>`;
}

/** The menu all charts share; a popover, closed by Escape or a click elsewhere. */
export function chartMenu(act: (act: ChartAct) => void): TemplateResult {
  return html`<div class="menu chart-menu" popover role="menu" aria-label=${say('Chart')} @keydown=${moveFocus}>
    ${ITEMS.map(
      ([name, codicon, label]) =>
        html`<button role="menuitem" tabindex="-1" @click=${(event: Event) => choose(event, () => act(name))}>
          ${icon(codicon)} ${label}
        </button>`,
    )}
  </div>`;
}

/** Shows the menu below a button, focus on its first item. */
export function openMenu(menu: HTMLElement, button: HTMLElement): void {
  menu.showPopover();
  const at = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  menu.style.setProperty('left', `${Math.max(4, Math.min(at.right, innerWidth - 4) - width)}px`);
  menu.style.setProperty('top', `${at.bottom + height > innerHeight ? Math.max(4, at.top - height) : at.bottom}px`);
  menu.querySelector('button')?.focus();
}

function choose(event: Event, act: () => void): void {
  (event.currentTarget as HTMLElement).closest<HTMLElement>('[popover]')?.hidePopover();
  act();
}

function moveFocus(event: KeyboardEvent): void {
  event.stopPropagation();
  const items = [...(event.currentTarget as HTMLElement).querySelectorAll('button')];
  const at = items.indexOf(document.activeElement as HTMLButtonElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  items[(next + items.length) % items.length]?.focus();
}
