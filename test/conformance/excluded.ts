/*
 * What the wasm engine leaves out on purpose, and the specs that it contradicts on purpose. A failing spec that no reason
 * covers is a defect.
 */
const REASONS: readonly { reason: string; pattern: RegExp }[] = [
  { reason: 'complex numbers and Fourier transforms', pattern: /Kernel '(Complex|ComplexAbs|Real|Imag|FFT|IFFT)' not registered/ },
  { reason: 'ragged tensors', pattern: /Kernel 'Ragged\w+' not registered/ },
  {
    reason: 'strings',
    pattern: /Unknown dtype string|Kernel 'StaticRegexReplace' not registered|string comparison|(tile|sparseToDense) wasm .*string/,
  },
  { reason: 'channels first (NCHW)', pattern: /NCHW|channelsFirst/ },
];

/** Specs that stock passes and ours must not: they ask for what training tools must not do. By their whole name. */
const CONTRADICTED: Readonly<Record<string, string>> = {
  'maxPool wasm {} [x=[3,3,1] f=[2,2] s=1 ignores NaNs': 'contradicted: a NaN in the window of a max pool stays visible',
  'avgPool wasm {} gradient x=[3,3,1] f=[3,3] s=1 p=explicit':
    'contradicted: the gradient of an average pool at a border is that of its forward pass, which divides by the pixels inside',
  'depthwiseConv2d gradients wasm {} throws error on dilations > 1': 'contradicted: dilated depthwise convolutions have a gradient',
};

/** Why a spec that fails is allowed to, by its full name and the message of its failure; null where it is not. */
export function reasonFor(name: string, message: string): string | null {
  const text = `${name} :: ${message}`;
  return REASONS.find(({ pattern }) => pattern.test(text))?.reason ?? null;
}

/** Why a spec that stock passes fails on purpose; null where it must not. */
export function contradicts(name: string): string | null {
  return CONTRADICTED[name] ?? null;
}
