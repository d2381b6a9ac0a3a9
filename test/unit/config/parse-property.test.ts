import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/config/app-error.js';
import { decodeConfigBytes } from '../../../src/config/decode-config.js';
import { parseConfig } from '../../../src/config/parse-config.js';
import { configSchema } from '../../../src/config/config-schema.js';

/* Texts that were configs once: whatever is done to them, they parse or end in coded errors with a place. */
const seed = 31_337;
const runs = 1500;
/** A config takes a few ms; the rest is for a busy machine. */
const maxMs = 1000;

const originals = [
  readFileSync('examples/auto-mpg/gradwatch.json', 'utf8'),
  readFileSync('examples/penguins/gradwatch.json', 'utf8'),
  `{ "data": { "generator": { "name": "uniform", "samples": 50, "features": 2, "coefficients": [1, -2.5e-3] }, "scale": { "target": "minmax" } },
  "model": { "layers": [
    { "type": "reshape", "targetShape": [2, 1] }, // as a sequence
    { "type": "bidirectional", "layer": { "type": "lstm", "units": 4 } },
    { "type": "dense", "units": 1, "kernelInitializer": { "type": "randomNormal", "stddev": 0.1 }, "kernelConstraint": "maxNorm" },
  ], "regularization": { "l2": 0.01 } },
  "training": { "loss": { "type": "huber" }, "metrics": [], "optimizer": { "type": "rmsprop" }, "steps": null,
    "learningRateSchedule": { "type": "cosine", "decaySteps": 10 }, "gradientClip": { "type": "auto" } },
  "watch": { "every": 2, "detectors": { "plateau": "off", "dead-units": { "threshold": 0.8 } } } }`,
  '{"data":{"inline":{"x":[[1,2],[3,4]],"y":["a","b"]}},"model":{"layers":[{"type":"dense","units":2}]},"training":{"loss":"hinge","optimizer":{"type":"sgd"}}}',
];

const tokenPattern = /"(?:[^"\\\n]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\]:,]|\/\/.*|\/\*[\s\S]*?\*\//g;
const replacements = [
  '1e300', '-1e300', '1e999', '0', '-1', '0.5', '12345678901234567890', '""', '"x"', '"dense"', 'null', 'true', '[]', '{}', '[[[[1]]]]',
  '{"type":"dense"}', '"type"', '"units"', '"__proto__"', '"toString"', '"\\ud800"', '{', '}', '[', ']', ',', ':', '//', '/*', "'", '\u0000', '\uFEFF', '😀',
  '"' + 'long'.repeat(500) + '"', '['.repeat(300), '{"a":'.repeat(300), '[1,'.repeat(50) + '1' + ']'.repeat(50),
]; // prettier-ignore

const mutation = fc.record({
  kind: fc.constantFrom('replace', 'insert', 'delete', 'swap', 'truncate', 'random'),
  at: fc.nat(10_000),
  other: fc.nat(10_000),
  text: fc.oneof(fc.constantFrom(...replacements), fc.string({ unit: 'binary', maxLength: 6 })),
});
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate(text: string, { kind, at, other, text: added }: Mutation): string {
  const tokens = [...text.matchAll(tokenPattern)];
  const first = tokens[at % tokens.length];
  const second = tokens[other % tokens.length];
  if (kind === 'truncate') return text.slice(0, at % (text.length + 1));
  const splice = (from: number, to: number, middle: string): string => text.slice(0, from) + middle + text.slice(to);
  if (kind === 'random' || first === undefined || second === undefined)
    return splice(at % (text.length + 1), at % (text.length + 1), added);
  const end = first.index + first[0].length;
  if (kind === 'replace') return splice(first.index, end, added);
  if (kind === 'insert') return splice(first.index, first.index, added);
  if (kind === 'delete') return splice(first.index, end, '');
  const [a, b] = first.index <= second.index ? [first, second] : [second, first];
  if (a === b) return text;
  return text.slice(0, a.index) + b[0] + text.slice(a.index + a[0].length, b.index) + a[0] + text.slice(b.index + b[0].length);
}

/** What the text ends in: 'valid', or the code of its first error. Fails where an error lacks something. */
function outcome(text: string): string {
  const start = performance.now();
  const parsed = parseConfig(text, 'gradwatch.json');
  expect(performance.now() - start).toBeLessThan(maxMs);
  if (parsed.errors === undefined) {
    expect(configSchema.safeParse(parsed.document.raw).success).toBe(true);
    return 'valid';
  }
  const lines = text.split(/\r\n|\n|\r/).length;
  expect(parsed.errors.length).toBeGreaterThan(0);
  for (const error of parsed.errors) {
    expect(AppError.is(error)).toBe(true);
    expect(['config-syntax', 'config-invalid']).toContain(error.code);
    expect(error.place.file).toBe('gradwatch.json');
    expect(error.place.line).toBeGreaterThanOrEqual(1);
    expect(error.place.line).toBeLessThanOrEqual(lines);
    expect(error.place.column).toBeGreaterThanOrEqual(1);
    expect(error.message).toMatch(/\S.*\.$/s);
    expect(error.message).not.toMatch(/Invalid input|undefined|\[object/);
    expect(error.action).toMatch(/\S.*[.?]/s);
    expect(error.action).not.toMatch(/undefined|\[object|native code/);
  }
  return parsed.errors[0]?.code ?? '';
}

describe('mutated configs', () => {
  it('are valid or end in coded errors with file, line, sentence and action', () => {
    const outcomes = new Map<string, number>();
    const mutated = fc.tuple(fc.constantFrom(...originals), fc.array(mutation, { minLength: 1, maxLength: 4 }));
    fc.assert(
      fc.property(mutated, ([original, mutations]) => {
        const end = outcome(mutations.reduce(mutate, original));
        outcomes.set(end, (outcomes.get(end) ?? 0) + 1);
      }),
      { seed, numRuns: runs },
    );
    // The mutations are of use only where they lead to each of the three ends.
    expect([...outcomes.keys()].sort()).toEqual(['config-invalid', 'config-syntax', 'valid']);
    expect(Math.min(...outcomes.values())).toBeGreaterThan(20);
  });

  it('hold for random bytes in the file', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...originals),
        fc.array(fc.tuple(fc.nat(10_000), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        (original, changes) => {
          const bytes = new TextEncoder().encode(original);
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          let text: string;
          try {
            text = decodeConfigBytes(bytes, 'gradwatch.json');
          } catch (error) {
            expect(AppError.is(error, 'config-syntax')).toBe(true);
            return;
          }
          expect(['valid', 'config-syntax', 'config-invalid']).toContain(outcome(text));
        },
      ),
      { seed, numRuns: 500 },
    );
  });

  it('are read in time where they are large', () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `[${i}, ${i * 2}]`).join(',\n');
    const config = (row: string): string =>
      `{"data":{"inline":{"x":[${rows}${row}],"y":[${'1,'.repeat(20_000)}]}},"model":{"layers":[{"type":"dense","units":1}]},"training":{"loss":"huber","optimizer":{"type":"sgd"}}}`;
    expect(outcome(config(''))).toBe('valid');
    expect(outcome(config(',{}'))).toBe('config-invalid');
  });
});
