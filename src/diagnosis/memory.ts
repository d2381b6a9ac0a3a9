/** What was remembered at one moment, by name of the part. Stays as it is whatever happens afterwards. */
export type MemoryState = Readonly<Record<string, object>>;

/**
 * Everything a diagnosis remembers between two frames, in one place, so that a run that goes back can take its diagnosis
 * along. Parts are plain objects or objects of our classes; functions in them are shared, everything else is copied.
 */
export class Memory {
  private readonly parts = new Map<string, { part: object; fixed: ReadonlySet<string> }>();

  /** Takes a part into care and returns it; the keys in `fixed` are no memory and stay as they are. */
  remember<T extends object>(name: string, part: T, fixed: readonly string[] = []): T {
    this.parts.set(name, { part, fixed: new Set(fixed) });
    return part;
  }

  save(): MemoryState {
    return Object.fromEntries([...this.parts].map(([name, { part, fixed }]) => [name, copyKeys(part, fixed)]));
  }

  /** Puts a state back, of this memory or of another one; parts it does not know stay as they are. */
  restore(state: MemoryState): void {
    for (const [name, { part, fixed }] of this.parts) {
      const known = state[name];
      if (known === undefined) continue;
      for (const key of Object.keys(part)) if (!fixed.has(key) && !(key in known)) Reflect.deleteProperty(part, key);
      Object.assign(part, copyKeys(known, fixed));
    }
  }
}

const NOTHING: ReadonlySet<string> = new Set();

function copyKeys(source: object, except: ReadonlySet<string>): object {
  const entries = Object.entries(source).filter(([key]) => !except.has(key));
  return Object.fromEntries(entries.map(([key, value]) => [key, copy(value)]));
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Float64Array) return value.slice();
  if (Array.isArray(value)) return value.map(copy);
  return Object.assign(Object.create(Object.getPrototypeOf(value) as object) as object, copyKeys(value, NOTHING));
}
