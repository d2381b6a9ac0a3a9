import { packMessage } from './page-numbers.js';
import type { RunSnapshot } from './page-protocol.js';

/** Ids of the elements that carry the run inside a report. */
export const REPORT_RUN_ID = 'gradwatch-run';
export const REPORT_FRAMES_ID = 'gradwatch-frames';
/** The same of the run laid over it, where there is one. */
export const REPORT_OTHER_RUN_ID = 'gradwatch-other-run';
export const REPORT_OTHER_FRAMES_ID = 'gradwatch-other-frames';

/** A run as a report carries it. */
export interface ReportRun {
  /** Its frames are in `frames`. */
  snapshot: RunSnapshot;
  /** framesToBytes, deflated (raw), in base64; null where the run has no frames. */
  frames: string | null;
}

/** The language of a report. */
export interface ReportLanguage {
  /** As BCP 47 writes it. */
  tag: string;
  /** Script with the words of the page; empty: English. */
  words: string;
  /** Headings of what stands below the page. */
  configTitle: (config: string) => string;
  docsTitle: string;
  /** Last line: of which run, and how many frames are in it. */
  footer: (run: string, frames: number, all: number) => string;
}

const count = (value: number) => value.toLocaleString('en-US');

export const ENGLISH_REPORT: ReportLanguage = {
  tag: 'en',
  words: '',
  configTitle: (config) => `${config} as it was trained`,
  docsTitle: 'About these findings',
  footer: (run, frames, all) => {
    const kept = frames >= all ? `${count(all)} frames` : `${count(frames)} of ${count(all)} frames, smallest and largest values kept`;
    return `Gradwatch report of run ${run}: ${kept}. This file holds everything it shows and connects to nothing.`;
  },
};

/** What a report is made of. */
export interface ReportParts extends ReportRun {
  /** The built page: dashboard.js, dashboard.css and report.css, codicon.ttf in base64. */
  script: string;
  style: string;
  reportStyle: string;
  font: string;
  /** A second run, laid over the one of the report. */
  other: ReportRun | null;
  language: ReportLanguage;
  config: { name: string; text: string } | null;
  /** Documentation of the findings: id and body. */
  docs: { id: string; html: string }[];
  /** Last line of the page: where it comes from. */
  footer: string;
  /** SHA-256 in base64. */
  sha256: (text: string) => string;
}

/**
 * One HTML file that needs nothing else: the dashboard with the run inside. Its content security policy lets only its own script
 * and style in, by their hashes, and connects to nothing.
 */
export function reportHtml(parts: ReportParts): string {
  const script = [parts.language.words, parts.script]
    .filter((text) => text !== '')
    .join('\n')
    .replace(/\n\/\/# sourceMappingURL=.*/g, '')
    .replace(/<\/(script)/gi, '<\\/$1');
  const style = `${inlineFont(parts.style, parts.font)}\n${parts.reportStyle}`.replace(/\/\*# sourceMappingURL=.*?\*\//g, '');
  const policy = [
    `default-src 'none'`,
    `script-src 'sha256-${parts.sha256(script)}'`,
    `style-src 'sha256-${parts.sha256(style)}'`,
    `font-src data:`,
    `img-src data:`,
    `connect-src 'none'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${parts.language.tag}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(titleOf(parts.snapshot))}</title>
<style>${style}</style>
</head>
<body class="vscode-light">
${carried(parts, REPORT_RUN_ID, REPORT_FRAMES_ID)}${parts.other === null ? '' : carried(parts.other, REPORT_OTHER_RUN_ID, REPORT_OTHER_FRAMES_ID)}<gradwatch-dashboard></gradwatch-dashboard>
${configSection(parts)}
${docsSection(parts)}
<footer class="report-foot">${escapeHtml(parts.footer)}</footer>
<script>${script}</script>
</body>
</html>
`;
}

/** Text as HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

function titleOf({ config, state, start }: RunSnapshot): string {
  const time = start?.time === undefined ? '' : `, ${start.time.slice(0, 16).replace('T', ' ')}`;
  return `${config}${time}: ${state}`;
}

function inlineFont(style: string, font: string): string {
  return style.replace(/url\(["']?[^"')]*\.ttf[^"')]*["']?\)/g, `url(data:font/ttf;base64,${font})`);
}

function carried({ snapshot, frames }: ReportRun, runId: string, framesId: string): string {
  return `<script type="application/json" id="${runId}">${jsonText(snapshot)}</script>
<script type="text/plain" id="${framesId}">${frames ?? ''}</script>
`;
}

/** JSON that can stand in a script element: nothing in it ends one. */
function jsonText(snapshot: RunSnapshot): string {
  return JSON.stringify(packMessage(snapshot)).replace(/</g, '\\u003c');
}

function configSection({ config, snapshot, language }: ReportParts): string {
  if (config === null) return '';
  const found = new Set(snapshot.findings.map((finding) => finding.line));
  const lines = config.text.replace(/\s+$/, '').split(/\r\n|\n|\r/);
  const items = lines.map(
    (line, i) => `<li id="config-${i + 1}"${found.has(i + 1) ? ' class="found"' : ''}>${escapeHtml(line) || ' '}</li>`,
  );
  return `<section class="report-text" aria-labelledby="config-title">
<h2 id="config-title">${escapeHtml(language.configTitle(config.name))}</h2>
<ol class="config-text">${items.join('')}</ol>
</section>`;
}

function docsSection({ docs, language }: ReportParts): string {
  if (docs.length === 0) return '';
  return `<section class="report-text" aria-labelledby="docs-title">
<h2 id="docs-title">${escapeHtml(language.docsTitle)}</h2>
${docs.map(({ id, html }) => `<article id="docs-${id}">${html}</article>`).join('\n')}
</section>`;
}
