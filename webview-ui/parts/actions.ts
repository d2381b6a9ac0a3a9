import type { PageCommand, PageFinding, SavedFile } from '../../src/telemetry/page-protocol.js';
import type { PageMemory } from '../run/page-memory.js';
import type { ChartKey } from '../view/chart-data.js';

/** What parts of the page can ask for. */
export interface PageActions {
  send: (command: PageCommand) => void;
  /** The page is a report: nobody takes commands. */
  readOnly: boolean;
  remember: (change: Partial<PageMemory>) => void;
  /** Takes the crosshair to a finding's step, its layer into focus, and reveals its line in the config. */
  jump: (finding: PageFinding) => void;
  /** Opens the table with the numbers of a chart. */
  showTable: (chart: ChartKey) => void;
  saveFile: (file: SavedFile) => void;
}
