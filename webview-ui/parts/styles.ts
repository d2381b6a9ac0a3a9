import { directive, Directive, PartType, type ElementPart, type PartInfo } from 'lit/directive.js';
import { nothing } from 'lit';

/** Sets CSS properties of an element by the CSSOM: the page's CSP forbids style attributes, which styleMap would write. */
class StylesDirective extends Directive {
  /** What was set last: setting a style again, even to the same, costs the browser a new look at it. */
  private readonly known = new Map<string, string>();

  constructor(info: PartInfo) {
    super(info);
    if (info.type !== PartType.ELEMENT) throw new Error('styles() belongs into the tag of an element.');
  }

  override update(part: ElementPart, [properties]: [Record<string, string>]): typeof nothing {
    const { style } = part.element as HTMLElement;
    for (const name of this.known.keys())
      if (!(name in properties)) {
        style.removeProperty(name);
        this.known.delete(name);
      }
    for (const [name, value] of Object.entries(properties)) {
      if (this.known.get(name) === value) continue;
      style.setProperty(name, value);
      this.known.set(name, value);
    }
    return nothing;
  }

  render(_properties: Record<string, string>): typeof nothing {
    return nothing;
  }
}

/** `<i ${styles({ left: '4px' })}></i>` */
export const styles = directive(StylesDirective);
