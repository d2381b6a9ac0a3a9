import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { dashboardHtml, wordsFile } from '../../src/extension/dashboard-html.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const NONCE = 'pageTestNonce';
const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
  '.html': 'text/html; charset=utf-8',
};

/** Serves the built dashboard in the extension's own shell and content security policy, with the fake host before it. */
export async function startPageServer(port = 0): Promise<{ url: string; close(): Promise<void> }> {
  const fakeHost = await bundleFakeHost();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    content(pathname, searchParams.get('lang') ?? 'en', fakeHost, port === 0)
      .then((body) => response.writeHead(200, { 'Content-Type': TYPES[path.extname(pathname) || '.html'] ?? 'text/plain' }).end(body))
      .catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => closeServer(server) };
}

async function content(pathname: string, language: string, fakeHost: string, cached: boolean): Promise<string | Buffer> {
  if (pathname === '/') return shell(language);
  if (pathname === '/fake-host.js') return cached ? fakeHost : bundleFakeHost();
  if (pathname === '/themes.css') return readFile(path.join(here, 'themes.css'));
  return readFile(path.join(root, 'dist', path.basename(pathname)));
}

function shell(language: string): string {
  const html = dashboardHtml({
    script: '/dashboard.js',
    style: '/dashboard.css',
    cspSource: "'self'",
    nonce: NONCE,
    language,
    words: wordsFile(language),
  });
  return html
    .replace('</head>', '<link rel="stylesheet" href="/themes.css">\n</head>')
    .replace('<script ', `<script nonce="${NONCE}" src="/fake-host.js"></script>\n<script `);
}

async function bundleFakeHost(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(here, 'fake-host.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    loader: { '.jsonl': 'text', '.jsonc': 'text' },
  });
  return outputFiles[0]?.text ?? '';
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
