import type { PageCommand } from '../../src/telemetry/page-protocol.js';
import type { PageMemory } from '../run/page-memory.js';

/** What parts of the page can ask for. */
export interface PageActions {
  send: (command: PageCommand) => void;
  /** The page is a report: nobody takes commands. */
  readOnly: boolean;
  remember: (change: Partial<PageMemory>) => void;
}
