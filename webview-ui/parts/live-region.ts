import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { RunView } from '../run/dashboard-state.js';
import { newsOf, type Told } from '../view/news.js';
import type { Verdict } from '../view/verdict.js';

/** Between two tellings, so that a run that finds something at every step does not talk without end. */
const PAUSE_MS = 2000;

/** Tells those who listen what is new in a run: its state and its findings, politely and not too often. Nothing to be seen. */
@customElement('gradwatch-live-region')
export class LiveRegion extends LitElement {
  @property({ attribute: false }) run: RunView | null = null;
  @property({ attribute: false }) verdict: Verdict | null = null;
  /** Grows whenever the run has changed in place. */
  @property({ attribute: false }) change = 0;
  @state() private text = '';
  private told: Told | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Light DOM, as the rest of the page. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  protected override willUpdate(): void {
    if (this.timer === undefined) this.tell();
  }

  protected override render(): TemplateResult {
    return html`<div class="hidden" aria-live="polite" aria-atomic="true">${this.text}</div>`;
  }

  private tell(): void {
    if (this.run === null || this.verdict === null) return;
    const { text, told } = newsOf(this.run, this.verdict, this.told);
    this.told = told;
    if (text === '') return;
    this.text = text;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.tell();
    }, PAUSE_MS);
  }
}
