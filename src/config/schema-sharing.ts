/** The parts of JSON Schema (draft-07) that configs need, and the keywords of VS Code's JSON language service. */
export interface JsonSchema {
  $schema?: string;
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  enumDescriptions?: string[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  minItems?: number;
  maxItems?: number;
  required?: string[];
  properties?: Record<string, JsonSchema>;
  propertyNames?: JsonSchema;
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema | JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  if?: JsonSchema;
  then?: JsonSchema;
  definitions?: Record<string, JsonSchema>;
  allowComments?: boolean;
  allowTrailingCommas?: boolean;
  defaultSnippets?: readonly Snippet[];
}

export interface Snippet {
  label: string;
  description: string;
  body: unknown;
}

/** Shorter parts are repeated: a reference would be no shorter. */
const shortestShared = 60;

/** A copy of a schema in which `change` has seen every part, inner ones first. `name` is the nearest key above a part. */
export function mapSchemas(schema: JsonSchema, change: (part: JsonSchema, name: string) => JsonSchema, name = 'config'): JsonSchema {
  return change(
    mapChildren(schema, (child, childName) => mapSchemas(child, change, childName ?? name)),
    name,
  );
}

/** A copy of a schema with each direct part replaced. */
function mapChildren(schema: JsonSchema, map: (child: JsonSchema, name?: string) => JsonSchema): JsonSchema {
  const copy: JsonSchema = { ...schema };
  for (const key of ['properties', 'definitions'] as const) {
    const parts = schema[key];
    if (parts !== undefined) copy[key] = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, map(part, name)]));
  }
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    const parts = schema[key];
    if (parts !== undefined) copy[key] = parts.map((part) => map(part, kindOf(part.then ?? part)));
  }
  // `if` stays as it is: conditions are short, and read best where they stand.
  for (const key of ['then', 'propertyNames'] as const) {
    const part = schema[key];
    if (part !== undefined) copy[key] = map(part);
  }
  if (typeof schema.additionalProperties === 'object') copy.additionalProperties = map(schema.additionalProperties);
  if (schema.items !== undefined) copy.items = Array.isArray(schema.items) ? schema.items.map((part) => map(part)) : map(schema.items);
  return copy;
}

/** The kind a member of a union stands for ("dense"), as the name of its definition. */
function kindOf(part: JsonSchema): string | undefined {
  const kind = (part.properties?.['type'] ?? part.properties?.['name'])?.const;
  return typeof kind === 'string' ? kind : undefined;
}

/** Moves parts that occur more than once into `definitions`, named after the key they were first found under. */
export function shareDefinitions(schema: JsonSchema): JsonSchema {
  const counts = countParts(schema);
  const names = new Map<string, string>();
  const definitions: Record<string, JsonSchema> = {};
  const share = (part: JsonSchema, name: string): JsonSchema => {
    const text = JSON.stringify(part);
    const known = names.get(text);
    if (known !== undefined) return { $ref: `#/definitions/${known}` };
    if ((counts.get(text) ?? 0) < 2) return shareChildren(part, name);
    const free = freeName(name, definitions);
    names.set(text, free);
    definitions[free] = {};
    definitions[free] = shareChildren(part, name);
    return { $ref: `#/definitions/${free}` };
  };
  const shareChildren = (part: JsonSchema, name: string): JsonSchema =>
    mapChildren(part, (child, childName) => share(child, childName ?? name));
  const { definitions: own = {}, ...rest } = shareChildren(schema, 'config');
  return { ...rest, definitions: { ...own, ...definitions } };
}

/** How often each part occurs; what is inside a repeated part is counted once, as it will be written once. */
function countParts(schema: JsonSchema): Map<string, number> {
  const counts = new Map<string, number>();
  const visit = (part: JsonSchema): JsonSchema => {
    const text = JSON.stringify(part);
    if (text.length < shortestShared) return part;
    const count = counts.get(text) ?? 0;
    counts.set(text, count + 1);
    return count > 0 ? part : mapChildren(part, visit);
  };
  visit(schema);
  return counts;
}

/** "initializer" for the first of kernelInitializer, biasInitializer, ...; numbered where it is taken. */
function freeName(name: string, taken: Record<string, unknown>): string {
  const base = name.replace(/^.*(Initializer|Regularizer|Constraint)$/, (_, part: string) => part.toLowerCase());
  let free = base;
  for (let n = 2; Object.hasOwn(taken, free); n++) free = `${base}${n}`;
  return free;
}
