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
    const state: Record<string, object> = {};
    for (const [name, { part, fixed }] of this.parts) state[name] = copyKeys(part, fixed);
    return state;
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

/** Own keys of `source`, copied; the result has no class. */
function copyKeys(source: object, except: ReadonlySet<string>, to: object = {}): object {
  // Plain loops: this runs between two steps of the training, and entries of entries would be most of its time.
  for (const key of Object.keys(source))
    if (!except.has(key)) (to as Record<string, unknown>)[key] = copy((source as Record<string, unknown>)[key]);
  return to;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Float64Array) return value.slice();
  if (Array.isArray(value)) return value.some(isObject) ? value.map(copy) : value.slice();
  return copyKeys(value, NOTHING, Object.create(Object.getPrototypeOf(value) as object) as object);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
