import { html, nothing, type TemplateResult } from 'lit';

/**
 * A button that stays focusable while it is disabled, so that its reason can be read; a click on it does nothing.
 * `reason` disables it.
 */
export function button(
  text: string,
  press: () => void,
  options: { primary?: boolean; reason?: string; describedBy?: string } = {},
): TemplateResult {
  const { primary = false, reason, describedBy } = options;
  return html`<button
    class="btn ${primary ? '' : 'secondary'}"
    aria-disabled=${reason === undefined ? nothing : 'true'}
    aria-describedby=${describedBy ?? nothing}
    title=${reason ?? nothing}
    @click=${() => reason === undefined && press()}
  >
    ${text}
  </button>`;
}

/** A square button with a codicon; its label is its title and accessible name, the reason is added to both. */
export function iconButton(codicon: string, label: string, press: () => void, reason?: string): TemplateResult {
  const title = reason === undefined ? label : `${label}: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`;
  return html`<button
    class="icon-button"
    title=${title}
    aria-label=${title}
    aria-disabled=${reason === undefined ? nothing : 'true'}
    @click=${() => reason === undefined && press()}
  >
    <span class="codicon codicon-${codicon}" aria-hidden="true"></span>
  </button>`;
}

/** Text that looks like a link and acts like a button. */
export function link(text: string, press: () => void, title?: string): TemplateResult {
  return html`<button class="link" title=${title ?? nothing} @click=${press}>${text}</button>`;
}
