import { runProcess } from './run-process.js';

/** A TensorFlow that a Python has installed. */
export interface PythonTensorflow {
  /** Folder of the package `tensorflow`. */
  folder: string;
  version: string;
}

// Finds the package without importing it, which takes seconds.
const QUESTION = `
import importlib.util as u, importlib.metadata as m, json
s = u.find_spec('tensorflow')
def v():
    for n in ('tensorflow', 'tensorflow-cpu', 'tensorflow-intel', 'tensorflow-macos'):
        try: return m.version(n)
        except m.PackageNotFoundError: pass
    return ''
print(json.dumps({'folder': list(s.submodule_search_locations)[0], 'version': v()} if s and s.submodule_search_locations else None))
`;

/** Asks a Python for its TensorFlow. Returns it, or the sentence that says why there is none. */
export async function askPython(python: string, signal?: AbortSignal): Promise<PythonTensorflow | string> {
  const end = await runProcess(python, ['-c', QUESTION], { signal });
  if (end.missing) return `there is no program "${python}"`;
  if (end.code !== 0) return `"${python}" fails: ${end.tail.at(-1) ?? 'without a word'}`;
  return readAnswer(end.stdout) ?? `"${python}" has no tensorflow`;
}

function readAnswer(text: string): PythonTensorflow | null {
  try {
    return JSON.parse(text.trim().split('\n').at(-1) ?? '') as PythonTensorflow | null;
  } catch {
    return null;
  }
}
