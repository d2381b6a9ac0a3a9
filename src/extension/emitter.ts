/** What ends a subscription; the same shape as vscode.Disposable, without vscode. */
export interface Subscription {
  dispose(): void;
}

/** One kind of event. Listeners are called in the order they came; one that throws does not keep the others from it. */
export class Emitter<T> {
  private readonly listeners = new Set<(value: T) => void>();

  readonly event = (listener: (value: T) => void): Subscription => {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  };

  fire(value: T): void {
    for (const listener of [...this.listeners]) {
      try {
        listener(value);
      } catch (error) {
        // Thrown where nobody else is kept waiting: the extension host logs it, a test fails.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  dispose(): void {
    this.listeners.clear();
  }
}
