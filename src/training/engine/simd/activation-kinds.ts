/**
 * The activations our kernels know, by the name of their class in tfjs; the place of one is its number in kernels/activations.ts.
 */
export const ACTIVATION_KINDS = [
  'linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hardSigmoid', 'tanh', 'softmax', 'softplus', 'softsign',
  'swish', 'mish', 'gelu', 'exponential',
] as const; // prettier-ignore
export type ActivationKind = (typeof ACTIVATION_KINDS)[number];

/** Those whose slope does not follow from their value: the kernels need what went in as well. */
const NEED_INPUT: ReadonlySet<ActivationKind> = new Set<ActivationKind>(['swish', 'mish', 'gelu']);

export const numberOf = (kind: ActivationKind): number => ACTIVATION_KINDS.indexOf(kind);
export const needsInput = (kind: ActivationKind): boolean => NEED_INPUT.has(kind);
export const isActivationKind = (name: string): name is ActivationKind => (ACTIVATION_KINDS as readonly string[]).includes(name);
