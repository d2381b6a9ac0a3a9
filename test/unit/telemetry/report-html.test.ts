import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { markdownHtml } from '../../../src/telemetry/markdown-html.js';
import { ENGLISH_REPORT, reportHtml, type ReportParts } from '../../../src/telemetry/report-html.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64');
const parts: ReportParts = {
  script: 'run("</script>");\n//# sourceMappingURL=dashboard.js.map',
  style: '@font-face{src:url("./codicon.ttf?721d") format("truetype")}',
  reportStyle: 'p{margin:0}',
  font: 'Zm9udA==',
  snapshot: {
    run: 'r',
    config: '</script><b>',
    state: 'completed',
    start: null,
    frames: null,
    epochs: [],
    findings: [],
    fixes: [],
    end: null,
  },
  frames: null,
  other: null,
  language: ENGLISH_REPORT,
  config: { name: 'a.gradwatch.json', text: '{ "note": "<img src=x>" }' },
  docs: [],
  footer: 'From & to',
  sha256,
};

describe('a report', () => {
  const html = reportHtml(parts);

  it('lets in only its own script and style, by their hashes, and no network', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    const script = /<script>([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';
    expect(policy).toContain(`script-src 'sha256-${sha256(script)}'`);
    expect(policy).toContain(`style-src 'sha256-${sha256(style)}'`);
    expect(policy).toContain(`default-src 'none'`);
    expect(script).toBe('run("<\\/script>");');
    expect(style).toContain('url(data:font/ttf;base64,Zm9udA==)');
  });

  it('keeps what users wrote as text', () => {
    expect(html).not.toContain('<img src=x>');
    expect(html).not.toContain('<b>');
    const carried = /id="gradwatch-run">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
    expect(JSON.parse(carried)).toMatchObject({ config: '</script><b>' });
  });
});

it('a report in another language carries its words before the page, under the same policy', () => {
  const language = { ...ENGLISH_REPORT, tag: 'zh-cn', words: 'words();', configTitle: (name: string) => `<${name}>`, docsTitle: '!' };
  const html = reportHtml({ ...parts, language });
  const script = /<script>([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
  expect(script).toMatch(/^words\(\);\nrun\(/);
  expect(html).toContain(`script-src 'sha256-${sha256(script)}'`);
  expect(html).toContain('<html lang="zh-cn">');
  expect(html).toContain('<h2 id="config-title">&lt;a.gradwatch.json&gt;</h2>');
});

describe('Markdown of the findings', () => {
  it('becomes HTML', () => {
    const markdown =
      '# Title\n\nSome `a < b` and **bold**,\nsee [other](other.md).\n\n- one\n  more\n- two\n\n| a | b |\n| - | - |\n| 1 | 2 |\n';
    expect(markdownHtml(markdown)).toBe(
      [
        '<h3>Title</h3>',
        '<p>Some <code>a &lt; b</code> and <b>bold</b>, see other.</p>',
        '<ul><li>one more</li><li>two</li></ul>',
        '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>',
      ].join('\n'),
    );
  });
});
