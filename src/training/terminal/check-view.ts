import type { ConfigDocument } from '../../config/parse-config.js';
import type { RunEvent } from '../../telemetry/events.js';
import { fallbackLine } from '../../telemetry/fallback-text.js';
import type { RunSink } from '../run-outbox.js';
import { findingText } from './finding-text.js';
import { startLines, type WriteLine } from './plain-view.js';
import type { Style } from './style.js';

/** A check as lines: its findings are the result, what it ran on is said beside it. */
export class CheckView implements RunSink {
  /** Set when the config has been read: findings then name their line. */
  document: ConfigDocument | null = null;
  private readonly counts = { error: 0, warning: 0, info: 0 };

  constructor(
    private readonly write: WriteLine,
    private readonly note: WriteLine,
    private readonly style: Style,
  ) {}

  event(event: RunEvent): void {
    if (event.event === 'start') for (const line of startLines(event)) this.note(line);
    if (event.event === 'fallback') this.note(fallbackLine(event));
    if (event.event === 'finding') {
      this.counts[event.severity] += 1;
      this.write(findingText(event, this.document, this.style));
    }
    if (event.event === 'end' && event.status !== 'stopped' && event.status !== 'failed') this.write(this.summary());
  }

  frames(): void {
    // A check makes none.
  }

  log(level: string, text: string): void {
    if (level !== 'debug') this.note(`${level}: ${text}`);
  }

  private summary(): string {
    const { error, warning, info } = this.counts;
    const parts = [counted(error, 'error'), counted(warning, 'warning'), counted(info, 'note')].filter((part) => part !== '');
    return parts.length === 0 ? 'No problems found. Nothing was trained.' : `${parts.join(', ')}. Nothing was trained.`;
  }
}

function counted(count: number, word: string): string {
  return count === 0 ? '' : `${count} ${word}${count > 1 ? 's' : ''}`;
}
