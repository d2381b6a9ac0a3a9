import type { FindingEvent, Severity } from '../telemetry/events.js';
import { thresholdOf } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { CAUSES, finding } from './finding.js';
import { formatNumber } from './format-number.js';
import { overfitSigns } from './overfit-signs.js';

/** Training rows per input column. */
const ROWS_PER_COLUMN = 10;
/** Rows that are few whatever the columns. */
const FEW_ROWS = 30;

/**
 * Few training rows: fewer than 10 per input column, or fewer than 30. A note before training; a warning only when the
 * validation loss rises harmfully while the training loss falls and the model is not what is too large.
 *
 * Source: ten events per variable (Peduzzi et al. 1996). False alarms: none above a note without that evidence.
 */
export const tooLittleData: Detector = {
  id: 'too-little-data',
  create(context) {
    const perColumn = thresholdOf(context.config, 'too-little-data', ROWS_PER_COLUMN);
    return {
      preflight(report) {
        const rows = report.samples;
        const few = rows < FEW_ROWS || rows < perColumn * report.features.length;
        return few ? [little(context, report.features.length, 'info')] : [];
      },
      epoch(epoch) {
        const signs = overfitSigns(context);
        if (signs?.severity !== 'warning' || signs.cause !== 'data') return null;
        const columns = context.vitals.report?.features.length ?? 0;
        return little(context, columns, 'warning', { phase: 'training', step: epoch.step ?? 0, evidence: signs.evidence });
      },
    };
  },
};

function little(context: DetectorContext, columns: number, severity: Severity, more: Partial<FindingEvent> = {}): FindingEvent {
  const { parameters, samples } = context.start;
  const rows = samples.train;
  const numbers = `${formatNumber(rows)} training rows for ${formatNumber(columns)} input column${columns === 1 ? '' : 's'}`;
  return {
    ...finding({
      id: 'too-little-data',
      severity,
      message:
        severity === 'info' ? `There is little data: ${numbers}` : `The data is too little to learn what holds for other rows: ${numbers}`,
      cause: CAUSES.littleData,
      at: ['data'],
      fixes: ['add-dropout', 'add-l2', 'simplify-model', 'early-stop', 'add-l1'],
      evidence: { samples: rows, parameters, 'parameters ÷ samples': parameters / rows, 'input columns': columns },
      formula: `training rows ÷ input columns\n${formatNumber(rows)} ÷ ${formatNumber(columns)} = ${formatNumber(rows / columns)}`,
      caveat: 'Few rows are enough for a simple rule: the validation loss decides.',
    }),
    ...more,
  };
}
