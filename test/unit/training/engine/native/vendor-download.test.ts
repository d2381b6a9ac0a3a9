import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { vendorLibrary, whyUnreachable } from '../../../../../src/training/engine/native/vendor-download.js';

describe('vendorLibrary', () => {
  it('is the address the installer of tfjs-node makes', () => {
    expect(vendorLibrary({}, 'linux', 'x64')).toBe(
      'https://storage.googleapis.com/tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz',
    );
    expect(vendorLibrary({}, 'win32', 'x64')).toMatch(/cpu-windows-x86_64-2\.9\.1\.zip$/);
    expect(vendorLibrary({}, 'darwin', 'arm64')).toMatch(/darwin_arm64_cpu\.tar\.gz$/);
    expect(vendorLibrary({}, 'linux', 's390x')).toBeNull();
  });

  it('honours the variables of the installer', () => {
    expect(vendorLibrary({ TFJS_NODE_CDN_STORAGE: 'http://mirror/' }, 'linux', 'x64')).toMatch(/^http:\/\/mirror\/tensorflow\//);
    expect(vendorLibrary({ TFJS_NODE_BASE_URI: 'http://mirror/lib-' }, 'linux', 'x64')).toBe('http://mirror/lib-cpu-linux-x86_64-2.9.1.tar.gz'); // prettier-ignore
    expect(vendorLibrary({ npm_config_TFJS_NODE_CDN_STORAGE: 'http://npm/' }, 'linux', 'x64')).toMatch(/^http:\/\/npm\//);
  });
});

describe('whyUnreachable', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());
  const answering = async (status: number): Promise<string> => {
    server = createServer((_, response) => response.writeHead(status).end());
    await new Promise<void>((ready) => server?.listen(0, '127.0.0.1', ready));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/library.tar.gz`;
  };

  it('is null where the server has the library', async () => {
    expect(await whyUnreachable(await answering(200), {})).toBeNull();
  });

  it('tells the refusal of a server', async () => {
    expect(await whyUnreachable(await answering(403), {})).toContain('403');
  });

  it('tells at once that nobody listens, and what is no address', async () => {
    expect(await whyUnreachable('http://127.0.0.1:9/library', {})).toContain('ECONNREFUSED');
    expect(await whyUnreachable('file:///library', {})).toContain('http');
  });

  it('leaves the question to the installer behind a proxy', async () => {
    expect(await whyUnreachable('http://127.0.0.1:9/library', { https_proxy: 'http://proxy' })).toBeNull();
  });
});
