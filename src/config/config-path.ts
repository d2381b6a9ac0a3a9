/** Keys and indices from the root of a config to a value: ["model", "layers", 0, "units"]. */
export type ConfigPath = readonly (string | number)[];

/** One change of a config: set the value at a path (creating parents), or remove the key. */
export type ConfigEdit = { path: ConfigPath; value: unknown } | { path: ConfigPath; remove: true };

/** "model.layers[0].units", the form of messages. */
export function formatPath(path: ConfigPath): string {
  return path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`), '');
}
