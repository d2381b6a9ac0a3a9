/** Keys and indices from the root of a config to a value: ["model", "layers", 0, "units"]. */
export type ConfigPath = readonly (string | number)[];

/**
 * One change of a config: set the value at a path (creating parents), or remove the key or list entry.
 *
 * With `insert: true` the last part of the path is an index 0..length of a list, and the value becomes a new entry
 * there; the entries from that index on move back by one: `{ path: ["model", "layers", 1], value: {...}, insert: true }`
 * puts a layer behind the first. Several edits apply one after the other: each path means the config as the edits
 * before it have left it.
 */
export type ConfigEdit = { path: ConfigPath; value: unknown; insert?: true } | { path: ConfigPath; remove: true };

/** "model.layers[0].units", the form of messages. */
export function formatPath(path: ConfigPath): string {
  return path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`), '');
}
