import { tf } from './tf.js';

/**
 * Everything TensorFlow.js calls a variable and that is made from now on can be disposed of together: weights of layers that
 * were built before the next one failed belong to nobody else.
 */
export class VariableScope {
  private readonly before: ReadonlySet<string> = new Set(names());

  dispose(): void {
    const { registeredVariables } = tf.engine().state;
    for (const name of names()) if (!this.before.has(name)) registeredVariables[name]?.dispose();
  }
}

function names(): string[] {
  return Object.keys(tf.engine().state.registeredVariables);
}
