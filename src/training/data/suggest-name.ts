import { nearestName } from '../../config/nearest-name.js';

/** 'Did you mean "mpg"?', or the list of what there is, for the end of a message. */
export function suggestName(wanted: string, names: readonly string[]): string {
  const nearest = nearestName(wanted, names);
  return nearest !== null && nearest.close ? `Did you mean "${nearest.name}"?` : `There is ${listNames(names)}.`;
}

/** '"a", "b" and 7 more', at most five names. */
export function listNames(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  const shown = names.slice(0, 5).map((name) => `"${name.length > 40 ? name.slice(0, 39) + '…' : name}"`);
  return shown.join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
}
