/**
 * A number as findings print it: three digits, "1,234", and from 1e5 or below 1e-3 the form "3.1e5".
 * NaN and infinities keep their names.
 */
export function formatNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (size >= 99_950 || size < 9.995e-4) return Number(value.toPrecision(2)).toExponential().replace('e+', 'e');
  const rounded = Number(value.toPrecision(size >= 1000 ? 4 : digits));
  return size >= 1000 ? Math.round(rounded).toLocaleString('en-US') : String(rounded);
}

/** Rounds to significant digits: 0.04878 -> 0.049. Values written into configs have two. */
export function roundTo(value: number, digits = 2): number {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : value;
}
