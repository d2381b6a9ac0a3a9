/*
 * Runs the specs that tfjs-core ships on stock tfjs-wasm and on tfjs-wasm with our kernels, each in a process of its own.
 * Ends in one line of JSON; exits with 1 where a spec that stock passes fails with ours, or where one fails that
 * excluded.ts gives no reason for. Three specs that stock passes are contradicted on purpose: excluded.ts names them.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleSpecs } from './bundle.js';
import { contradicts, reasonFor } from './excluded.js';

/** Specs by name: null where passed, else why not. */
type Outcomes = Record<string, string | null>;

async function runSpecs(bundle: string, kernels: 'stock' | 'own'): Promise<Outcomes> {
  const results = path.join(path.dirname(bundle), `${kernels}.json`);
  const child = spawn(process.execPath, [bundle], {
    env: { ...process.env, CONFORMANCE_KERNELS: kernels, CONFORMANCE_RESULTS: results },
    // What kernels print on the way is not the result.
    stdio: 'ignore',
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`The process of the specs on ${kernels} kernels ended with ${code}.`);
  return JSON.parse(await readFile(results, 'utf8')) as Outcomes;
}

const count = (outcomes: Outcomes): { pass: number; fail: number } => {
  const all = Object.values(outcomes);
  const pass = all.filter((why) => why === null).length;
  return { pass, fail: all.length - pass };
};

const folder = await mkdtemp(path.join(tmpdir(), 'conformance-'));
try {
  const bundle = await bundleSpecs(folder);
  const stock = await runSpecs(bundle, 'stock');
  const own = await runSpecs(bundle, 'own');
  const regressions: string[] = [];
  const excluded: Record<string, number> = {};
  let unexplained = 0;
  for (const [name, before] of Object.entries(stock)) {
    const why = own[name] === undefined ? 'did not run' : own[name];
    if (why === null) continue;
    const reason = before === null ? contradicts(name) : reasonFor(name, why);
    if (reason !== null) excluded[reason] = (excluded[reason] ?? 0) + 1;
    else if (before === null) regressions.push(`${name} :: ${why}`);
    else {
      unexplained++;
      console.error(`fails without a reason: ${name} :: ${why}`);
    }
  }
  console.log(JSON.stringify({ stock: count(stock), own: count(own), regressions, excluded }));
  process.exitCode = regressions.length > 0 || unexplained > 0 ? 1 : 0;
} finally {
  await rm(folder, { recursive: true, force: true });
}
