/**
 * A number as the page prints it: `digits` significant digits (3; 2 in layer columns), "1,234", from 1e5 and below 1e-3
 * "3.1e5" without ".0". NaN, Inf and -Inf keep their names; null is "".
 */
export function formatNumber(value: number | null | undefined, digits: 2 | 3 = 3): string {
  if (value === null || value === undefined) return '';
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Inf' : '-Inf';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return Number(value.toPrecision(2)).toExponential().replace('e+', 'e');
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(digits - 2);
  if (size >= 1) return value.toFixed(digits - 1);
  return digits === 2 ? value.toPrecision(2) : String(Number(value.toPrecision(3)));
}

/** A value as a share of the baseline: two decimals below 10, three digits above. */
export function formatShare(value: number): string {
  return Number.isFinite(value) && Math.abs(value) < 10 && Math.abs(value) >= 0.005 ? value.toFixed(2) : formatNumber(value);
}

/** A whole number with thousands separators. */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A share 0..1 as percent: "2.1 %", "13 %". */
export function formatPercent(share: number): string {
  const percent = share * 100;
  return `${percent !== 0 && percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** Label of a y tick at 10^exponent: 0.001 to 1,000 in full, else "1e4", "1e25"; a value between decades in two digits. */
export function formatDecade(exponent: number): string {
  const whole = Math.round(exponent);
  if (Math.abs(exponent - whole) > 1e-9) return formatTick(10 ** exponent);
  return whole >= -3 && whole <= 3 ? (10 ** whole).toLocaleString('en-US', { maximumFractionDigits: 3 }) : `1e${whole}`;
}

/** Label of a tick on a linear axis, two digits. */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e5 || size < 1e-3)) return formatNumber(value);
  return Number(value.toPrecision(2)).toLocaleString('en-US', { maximumFractionDigits: 6 });
}

/** First letter in upper case, for labels made of evidence names. */
export function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
