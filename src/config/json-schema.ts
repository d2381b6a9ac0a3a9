import { z } from 'zod';
import { configSchema } from './config-schema.js';
import { CONFIG_SNIPPETS, LAYER_SNIPPETS } from './schema-snippets.js';
import { mapSchemas, shareDefinitions, type JsonSchema } from './schema-sharing.js';

/** Keys that tell the members of a union of objects apart. */
const DISCRIMINATORS = ['type', 'name'] as const;
/** Name that zod gives to its one recursive part: nested inline data. */
const recursivePart = '__schema0';
/** Of these keys exactly one must be there; the schema in zod says so with a check that JSON Schema cannot take over. */
const EXACTLY_ONE = { data: ['file', 'generator', 'inline', 'module'], model: ['layers', 'file', 'module'] } as const;

/**
 * The JSON Schema (draft-07, which VS Code's JSON language service knows best) of a config as users write it, made from
 * the zod schema. Shared parts are `$ref`s; unions of objects are if/then by their `type`, so that editors complete and
 * check the keys of just that kind; comments and trailing commas are allowed.
 */
export function generateJsonSchema(): JsonSchema {
  const raw = z.toJSONSchema(configSchema, { target: 'draft-7', io: 'input', reused: 'inline' }) as JsonSchema;
  const shaped = mapSchemas(raw, (schema) => keysByName(byDiscriminator(withoutClutter(schema))));
  for (const [key, names] of Object.entries(EXACTLY_ONE)) {
    const part = shaped.properties?.[key];
    if (part !== undefined) part.oneOf = names.map((name) => ({ required: [name] }));
  }
  const layers = shaped.properties?.['model']?.properties?.['layers'];
  if (layers?.items !== undefined && !Array.isArray(layers.items)) layers.items.defaultSnippets = LAYER_SNIPPETS;
  const shared = shareDefinitions(shaped);
  const { $schema, ...rest } = shared;
  return { $schema, title: 'Gradwatch config', allowComments: true, allowTrailingCommas: true, defaultSnippets: CONFIG_SNIPPETS, ...rest };
}

/** The text of the committed `gradwatch.schema.json`: one line for each part, so that changes can be read. */
export function jsonSchemaText(): string {
  const { definitions = {}, properties = {}, ...rest } = generateJsonSchema();
  const lines = (parts: object): string =>
    Object.entries(parts)
      .map(([name, part]) => `    ${JSON.stringify(name)}: ${JSON.stringify(part)}`)
      .join(',\n');
  const head = Object.entries(rest).map(([name, part]) => `  ${JSON.stringify(name)}: ${JSON.stringify(part)},\n`);
  return `{\n${head.join('')}  "properties": {\n${lines(properties)}\n  },\n  "definitions": {\n${lines(definitions)}\n  }\n}\n`;
}

/** Without what says nothing: the range of safe integers, the type of a constant. */
function withoutClutter(schema: JsonSchema): JsonSchema {
  const copy = { ...schema };
  if (copy.maximum === Number.MAX_SAFE_INTEGER) delete copy.maximum;
  if (copy.minimum === Number.MIN_SAFE_INTEGER) delete copy.minimum;
  if (copy.const !== undefined) delete copy.type;
  if (copy.$ref !== undefined) copy.$ref = copy.$ref.replace(recursivePart, 'inlineValue');
  if (copy.definitions !== undefined) {
    copy.definitions = Object.fromEntries(
      Object.entries(copy.definitions).map(([name, part]) => [name.replace(recursivePart, 'inlineValue'), part]),
    );
  }
  return copy;
}

/** A union of objects with a discriminator, as if/then per member. */
function byDiscriminator(schema: JsonSchema): JsonSchema {
  const members = schema.oneOf ?? schema.anyOf;
  const key = DISCRIMINATORS.find(
    (name) => members !== undefined && members.length > 1 && members.every((m) => kindsOf(m, name).length > 0),
  );
  if (members === undefined || key === undefined) return schema;
  const { oneOf: _oneOf, anyOf: _anyOf, ...rest } = schema;
  const kinds = members.flatMap((member) => kindsOf(member, key));
  const described = members.flatMap((member) => kindsOf(member, key).map(() => member.description ?? ''));
  return {
    ...rest,
    type: 'object',
    required: [key],
    properties: { [key]: { enum: kinds, ...(described.some((text) => text !== '') ? { enumDescriptions: described } : {}) } },
    allOf: members.map((member) => ({ if: { properties: { [key]: kindCondition(member, key) }, required: [key] }, then: member })),
  };
}

function kindsOf(schema: JsonSchema, key: string): unknown[] {
  const kind = schema.properties?.[key];
  if (kind === undefined || schema.allOf !== undefined) return [];
  return kind.const !== undefined ? [kind.const] : (kind.enum ?? []);
}

function kindCondition(member: JsonSchema, key: string): JsonSchema {
  const kinds = kindsOf(member, key);
  return kinds.length === 1 ? { const: kinds[0] } : { enum: kinds };
}

/** A record with known keys as an object with these properties, which editors complete. */
function keysByName(schema: JsonSchema): JsonSchema {
  const names = schema.propertyNames?.enum;
  const value = schema.additionalProperties;
  if (names === undefined || typeof value !== 'object') return schema;
  const { propertyNames: _names, ...rest } = schema;
  return { ...rest, properties: Object.fromEntries(names.map((name) => [String(name), value])), additionalProperties: false };
}
