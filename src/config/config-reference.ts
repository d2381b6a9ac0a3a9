import { generateJsonSchema } from './json-schema.js';
import type { JsonSchema } from './schema-sharing.js';

const begin = '<!-- reference: written by `npm run schema` -->';
const end = '<!-- end of reference -->';

/** A key that so many kinds of layer have is described once. */
const fewestSharing = 3;

/** The text of docs/config.md with its tables made anew from the schema. */
export function withReference(docs: string): string {
  const [head = '', rest = ''] = docs.split(begin);
  const tail = rest.split(end)[1] ?? '\n';
  return `${head}${begin}\n\n${configReference()}\n${end}${tail}`;
}

/** Every key of a config as Markdown tables, from the JSON Schema. */
function configReference(): string {
  const root = generateJsonSchema();
  const resolve = (part: JsonSchema | undefined): JsonSchema => {
    const name = part?.$ref?.split('/').at(-1);
    return name === undefined ? (part ?? {}) : resolve(root.definitions?.[name]);
  };
  const at = (...keys: string[]): JsonSchema => keys.reduce((part, key) => resolve(resolve(part).properties?.[key]), root);
  /** Members of an if/then union by kind. */
  const kinds = (part: JsonSchema): [string, JsonSchema][] =>
    (part.allOf ?? []).flatMap((entry) => {
      const { if: condition, then } = resolve(entry);
      const [kind] = Object.values(condition?.properties ?? {});
      return (kind?.enum ?? [kind?.const]).map((name): [string, JsonSchema] => [String(name), resolve(then)]);
    });
  const objectIn = (part: JsonSchema): JsonSchema => resolve((part.anyOf ?? []).map(resolve).find((member) => member.type === 'object'));
  const table = (part: JsonSchema, skip: readonly string[] = []): string => {
    const rows = Object.entries(part.properties ?? {}).filter(([key]) => !skip.includes(key));
    if (rows.length === 0) return 'No keys of its own.';
    const lines = rows.map(([key, written]) => {
      const value = resolve(written);
      const isRequired = part.required?.includes(key) === true;
      return row([`\`${key}\``, valueText(written, resolve), isRequired ? 'required' : defaultText(value), value.description ?? '']);
    });
    return ['| key | value | default | what |', '|---|---|---|---|', ...lines].join('\n');
  };
  const union = (part: JsonSchema, skip: readonly string[]): string =>
    kinds(part)
      .map(
        ([name, member]) => `**\`${name}\`**${member.description === undefined ? '' : `: ${member.description}`}\n\n${table(member, skip)}`,
      )
      .join('\n\n');

  const layerKinds = kinds(resolve(at('model', 'layers').items as JsonSchema));
  const dense = layerKinds.find(([name]) => name === 'dense')?.[1] ?? {};
  const common = ['name', 'trainable', 'inputShape'];
  const shared = sharedKeys(layerKinds.map(([, kind]) => kind));
  const isShared = (key: string, part: JsonSchema | undefined): boolean => JSON.stringify(shared[key]) === JSON.stringify(part);
  const layerTexts = layerKinds.map(([name, kind]) => {
    const also = Object.keys(kind.properties ?? {}).filter((key) => isShared(key, kind.properties?.[key]));
    const own = Object.keys(kind.properties ?? {}).filter((key) => !also.includes(key) && key !== 'type');
    const others = also.filter((key) => !common.includes(key)).map((key) => `\`${key}\``);
    const parts = [`**\`${name}\`**: ${kind.description}${others.length === 0 ? '' : ` Also: ${others.join(', ')}.`}`];
    return [...parts, ...(own.length === 0 ? [] : [table(kind, [...also, 'type'])])].join('\n\n');
  });
  const initializer = resolve(dense.properties?.['kernelInitializer']);
  const constraint = resolve(dense.properties?.['kernelConstraint']);
  const training = at('training');
  const detectors = Object.keys(at('watch', 'detectors').properties ?? {});
  const sections: [string, string][] = [
    ['## `data`', table(at('data'))],
    ['### `data.inline`', table(at('data', 'inline'))],
    ['### `data.target` for .npz', table(objectIn(at('data', 'target')))],
    ['### `data.scale`', `A name, which scales the inputs, or:\n\n${table(objectIn(at('data', 'scale')))}`],
    ['### `data.generator`', union(at('data', 'generator'), ['name'])],
    ['## `model`', table(at('model'))],
    [
      '### `model.layers`',
      `Every layer has a \`type\` and may have \`name\`, \`trainable\` and \`inputShape\`. Keys that many kinds share:\n\n${table({ properties: shared })}\n\n${layerTexts.join('\n\n')}`,
    ],
    ['### Initialisers', `A name, or an object with its \`type\`:\n\n${union(objectIn(initializer), ['type'])}`],
    ['### Regularisers', table(resolve(dense.properties?.['kernelRegularizer']))],
    ['### Constraints', `A name, or an object with its \`type\`:\n\n${union(objectIn(constraint), ['type'])}`],
    ['## `training`', table(training)],
    ['### `training.loss`', `A name, or:\n\n${table(objectIn(at('training', 'loss')))}`],
    ['### `training.optimizer`', union(at('training', 'optimizer'), ['type'])],
    ['### `training.learningRateSchedule`', union(at('training', 'learningRateSchedule'), ['type'])],
    ['### `training.gradientClip`', union(at('training', 'gradientClip'), ['type'])],
    ['## `watch`', table(at('watch'))],
    [
      '### `watch.detectors`',
      `\`"off"\`, \`"on"\` or \`{ "threshold": 0.8 }\` for each of: ${detectors.map((id) => `\`${id}\``).join(', ')}.`,
    ],
  ];
  return sections.map(([title, text]) => `${title}\n\n${text}\n`).join('\n');
}

/** Keys that mean the same in several kinds of layer and that none of them needs. */
function sharedKeys(kinds: readonly JsonSchema[]): Record<string, JsonSchema> {
  const counts = new Map<string, number>();
  const shared: Record<string, JsonSchema> = {};
  for (const kind of kinds) {
    for (const [key, part] of Object.entries(kind.properties ?? {})) {
      const text = key + JSON.stringify(part);
      counts.set(text, (counts.get(text) ?? 0) + 1);
      if (counts.get(text) === fewestSharing && kind.required?.includes(key) !== true) shared[key] ??= part;
    }
  }
  return shared;
}

const row = (cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function defaultText(part: JsonSchema): string {
  return part.default === undefined ? '' : `\`${JSON.stringify(part.default)}\``;
}

/** What may stand as a value, in a few words. */
function valueText(written: JsonSchema, resolve: (part: JsonSchema) => JsonSchema): string {
  if (written.$ref?.endsWith('/inlineValue') === true) return 'values, or nested lists of them';
  const part = resolve(written);
  if (part.const !== undefined) return `\`${JSON.stringify(part.const)}\``;
  if (part.enum !== undefined) return part.enum.map((value) => `\`${String(value)}\``).join(' ');
  if (part.anyOf !== undefined) return [...new Set(part.anyOf.map((member) => valueText(member, resolve)))].join(' or ');
  if (part.type === 'array') {
    if (Array.isArray(part.items)) return `list of ${part.items.length}`;
    return `list of ${valueText(part.items ?? {}, resolve)}`;
  }
  const words: Record<string, string> = { integer: 'whole number', string: 'text', boolean: '`true` `false`' };
  const type = String(part.type ?? 'any');
  return (words[type] ?? type) + rangeText(part);
}

function rangeText(part: JsonSchema): string {
  const { minimum, exclusiveMinimum: above, maximum, exclusiveMaximum: below } = part;
  const low = minimum !== undefined ? `≥ ${minimum}` : above !== undefined ? `> ${above}` : '';
  const high = maximum !== undefined ? `≤ ${maximum}` : below !== undefined ? `< ${below}` : '';
  return low === '' && high === '' ? '' : ` ${[low, high].filter(Boolean).join(', ')}`;
}
