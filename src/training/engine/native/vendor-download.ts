import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';

/*
 * The installer of tfjs-node downloads TensorFlow's C library, then a binding for it. Its address is made here in the same way, so
 * that a host that cannot be reached is known in seconds, before anything is started.
 */

const HOST = 'https://storage.googleapis.com/';
const LIBRARY_VERSION = '2.9.1';
const PLATFORMS: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/** Longest wait for the first answer. */
const PROBE_MS = 8000;

/**
 * Address of the library, by the variables the vendor's installer reads: `TFJS_NODE_CDN_STORAGE` takes the place of the host,
 * `TFJS_NODE_BASE_URI` of everything before the platform. Null where the vendor has none for this machine.
 */
export function vendorLibrary(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, arch: string): string | null {
  const host = env['TFJS_NODE_CDN_STORAGE'] || env['npm_config_TFJS_NODE_CDN_STORAGE'] || env['CDN_STORAGE'] || HOST;
  const base = env['TFJS_NODE_BASE_URI'] || env['npm_config_TFJS_NODE_BASE_URI'] || `${host}tensorflow/libtensorflow/libtensorflow-`;
  if (platform === 'darwin' && arch === 'arm64') return `${host}tf-builds/libtensorflow_r2_7_darwin_arm64_cpu.tar.gz`;
  if (platform === 'linux' && arch === 'arm') return `${host}tf-builds/libtensorflow_r2_5_linux_arm7l.tar.gz`;
  if (platform === 'linux' && arch === 'arm64') return `${host}tf-builds/libtensorflow_r2_7_linux_arm64.tar.gz`;
  const system = PLATFORMS[platform];
  if (system === undefined || arch !== 'x64') return null;
  return `${base}cpu-${system}-x86_64-${LIBRARY_VERSION}.${platform === 'win32' ? 'zip' : 'tar.gz'}`;
}

/**
 * Why the library cannot be had, or null where its server answers for it. Behind a proxy nothing is asked: the vendor's installer
 * knows proxies, this probe does not.
 */
export function whyUnreachable(url: string, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string | null> {
  if (['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some((name) => (env[name] ?? '') !== '')) return Promise.resolve(null);
  if (!/^https?:\/\//.test(url)) return Promise.resolve(`${url} is no http or https address`);
  const get = url.startsWith('https:') ? httpsGet : httpGet;
  return new Promise((resolve, reject) => {
    try {
      const request = get(url, { method: 'HEAD', timeout: PROBE_MS, ...(signal === undefined ? {} : { signal }) }, (response) => {
        response.resume();
        const status = response.statusCode ?? 0;
        resolve(status < 400 ? null : `${new URL(url).host} answers ${status} for it`);
      });
      request.on('timeout', () => request.destroy(new Error(`${new URL(url).host} does not answer`)));
      request.on('error', (error) => {
        if (signal?.aborted === true) reject(signal.reason as Error);
        else resolve(error.message);
      });
    } catch (error) {
      resolve((error as Error).message);
    }
  });
}
