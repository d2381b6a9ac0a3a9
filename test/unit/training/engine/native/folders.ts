import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const temporary = (): string => mkdtempSync(path.join(os.tmpdir(), 'gradwatch-native-'));

/** Makes an empty file, or one with text, and the folders above it. */
export function put(folder: string, name: string, text = ''): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** A folder that has tfjs-node among its modules, with or without its native part. */
export function project(options: { binding?: boolean; version?: string } = {}): string {
  const folder = temporary();
  const place = path.join(folder, 'node_modules', '@tensorflow', 'tfjs-node');
  put(place, 'package.json', JSON.stringify({ name: '@tensorflow/tfjs-node', version: options.version ?? '4.22.0', main: 'main.js' }));
  if (options.binding === true) put(place, path.join('lib', 'napi-v8', 'tfjs_binding.node'));
  return folder;
}
