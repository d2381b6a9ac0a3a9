// npm run package: builds for production and packs gradwatch-<version>.vsix.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { pathToFileURL } from 'node:url';
import { root } from './workbench-session.js';

const run = promisify(execFile);

/**
 * Builds for production and packs the extension. Everything is bundled: no dependencies are packed, and no network is needed.
 * @returns the files in it, as paths below the extension's folder
 */
export async function makeVsix(to: string): Promise<string[]> {
  await run(process.execPath, ['esbuild.mjs', '--production'], { cwd: root });
  const { createVSIX, listFiles, PackageManager } = await import('@vscode/vsce');
  await createVSIX({
    cwd: root,
    packagePath: to,
    dependencies: false,
    skipLicense: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  return listFiles({ cwd: root, packageManager: PackageManager.None });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;
  const to = path.join(root, `gradwatch-${version}.vsix`);
  const files = await makeVsix(to);
  console.log(`${to}\n${files.map((file) => `  ${file}`).join('\n')}`);
}
