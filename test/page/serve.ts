// Serves the dashboard with recorded runs for a look in any browser: npm run dashboard .
import { build } from 'esbuild';
import { startPageServer } from './page-server.js';

const RUNS = ['run=healthy&play=60', 'run=growing&until=23', 'run=exploding', 'run=held', 'empty', 'layers=64'];

async function serve(port: number): Promise<void> {
  await build({
    entryPoints: { dashboard: 'webview-ui/main.ts' },
    bundle: true,
    format: 'iife',
    target: 'es2022',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
    outdir: 'dist',
  });
  const { url } = await startPageServer(port);
  console.log(`The dashboard with recorded runs; add &theme=light, hc or hcl.\n${RUNS.map((run) => `  ${url}/?${run}`).join('\n')}`);
}

serve(Number(process.env['PORT'] ?? 4310)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
