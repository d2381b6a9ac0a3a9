import { describe, expect, it } from 'vitest';
import { dashboardHtml, wordsFile } from '../../../src/extension/dashboard-html.js';
import { readPageCommand } from '../../../src/extension/page-commands.js';

describe('readPageCommand', () => {
  it.each([
    { type: 'ready' },
    { type: 'ready', metric: 'dead' },
    { type: 'train', uri: 'file:///a/gradwatch.json' },
    { type: 'train' },
    { type: 'reveal', path: ['model', 'layers', 0] },
    { type: 'applyFix', fix: 'clip-gradients', retrain: true },
    { type: 'openRun', run: 'x' },
    { type: 'saveFile', name: 'growing loss.csv', content: 'step,epoch,loss\r\n' },
    { type: 'saveFile', name: 'growing loss.png', content: Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]) },
  ])('takes $type', (command) => {
    expect(readPageCommand(command)).toEqual(command);
  });

  it.each([
    null,
    'ready',
    { type: 'eval', code: '1' },
    { type: 'ready', extra: 1 },
    { type: 'ready', metric: 'maxAbs' },
    { type: 'reveal', path: [{ toString: 1 }] },
    { type: 'reveal', path: [-1] },
    { type: 'applyFix', fix: 'rm -rf', retrain: true },
    { type: 'applyFix', fix: 'clip-gradients' },
    { type: 'train', uri: 7 },
    { type: 'saveFile', name: '../../loss.csv', content: 'a' },
    { type: 'saveFile', name: 'loss.exe', content: 'a' },
    { type: 'saveFile', name: 'loss.png', content: 'a' },
    { type: 'saveFile', name: 'loss.png', content: Uint8Array.from([1, 2, 3]) },
    { type: 'saveFile', name: 'loss.csv', content: Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) },
  ])('refuses %j', (message) => {
    expect(readPageCommand(message)).toBeNull();
  });
});

describe('dashboardHtml', () => {
  const html = dashboardHtml({
    script: 'https://x/dashboard.js',
    style: 'https://x/dashboard.css',
    cspSource: 'https://csp',
    nonce: 'abc',
    language: 'zh-cn',
    words: 'https://x/words.js',
  });
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];

  it('lets nothing in but its own script, styles, images and fonts', () => {
    expect(policy?.split('; ')).toEqual([
      `default-src 'none'`,
      `script-src 'nonce-abc'`,
      'style-src https://csp',
      'img-src https://csp',
      'font-src https://csp',
      `connect-src 'none';`,
    ]);
  });

  it('says the language of the reader', () => {
    expect(html).toContain('<html lang="zh-cn">');
  });

  it('puts the words of the page before the page, for the languages it has', () => {
    const scripts = [...html.matchAll(/<script nonce="abc" src="([^"]*)">/g)].map(([, source]) => source);
    expect(scripts).toEqual(['https://x/words.js', 'https://x/dashboard.js']);
    expect(['zh-cn', 'zh-Hans-CN', 'ZH', 'zh-tw', 'en', 'de'].map(wordsFile)).toEqual([
      ...Array<string>(3).fill('dashboard.zh-cn.js'),
      ...Array<undefined>(3).fill(undefined),
    ]);
  });

  it('has no inline script and no inline style', () => {
    expect(html).not.toMatch(/\sstyle=|<style|\son\w+=/);
    expect(
      [...html.matchAll(/<script([^>]*)>([^<]*)</g)].map(([, attributes, body]) => [attributes?.includes('nonce="abc"'), body]),
    ).toEqual([
      [true, ''],
      [true, ''],
    ]);
  });
});
