import type { z } from 'zod';

/** The part of a config of which exactly one key must be given. */
export interface Choice<Key extends string> {
  /** Name of the config's part, as messages call it: "data". */
  part: string;
  /** What the keys stand for: "source". */
  noun: string;
  keys: readonly Key[];
}

/** A check for `superRefine`: exactly one of the keys is given, else an issue at the part or at the second key, with what to do. */
export function exactlyOne<Key extends string>({ part, noun, keys }: Choice<Key>) {
  const quoted = keys.map((key) => `"${key}"`);
  return (value: Partial<Record<Key, unknown>>, ctx: z.RefinementCtx): void => {
    const given = keys.filter((key) => value[key] !== undefined);
    if (given.length === 1) return;
    const [, second] = given;
    const none = second === undefined;
    ctx.addIssue({
      code: 'custom',
      path: none ? [] : [second],
      message: none
        ? `${part} names no ${noun}.`
        : `${part} has ${given.map((key) => `"${key}"`).join(' and ')}, but can have only one ${noun}.`,
      params: {
        at: 'key',
        action: none ? `Give exactly one of ${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}.` : 'Remove all but one of them.',
      },
    });
  };
}
