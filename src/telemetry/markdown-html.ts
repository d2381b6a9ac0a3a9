import { escapeHtml } from './report-html.js';

/*
 * The part of Markdown that the pages of the findings use: headings, paragraphs, lists, tables, fenced code, and in the text
 * `code`, **bold** and links, of which the text stays. Everything else comes out as written.
 */

/** Markdown as HTML. Headings start two levels lower, to stand inside a page. */
export function markdownHtml(markdown: string): string {
  const fences = markdown.replace(/\r\n/g, '\n').split(/^```.*$/m);
  return fences.map((part, i) => (i % 2 === 1 ? `<pre><code>${escapeHtml(part.trim())}</code></pre>` : blocksHtml(part))).join('');
}

function blocksHtml(text: string): string {
  return text
    .split(/\n\s*\n/)
    .map((block) => block.trim())
    .filter((block) => block !== '')
    .map(blockHtml)
    .join('\n');
}

function blockHtml(block: string): string {
  const heading = /^(#{1,3}) (.*)$/.exec(block);
  if (heading !== null) {
    const level = (heading[1]?.length ?? 1) + 2;
    return `<h${level}>${inlineHtml(heading[2] ?? '')}</h${level}>`;
  }
  const lines = block.split('\n');
  if (block.startsWith('|')) return tableHtml(lines);
  if (block.startsWith('- ')) return listHtml(block);
  return `<p>${inlineHtml(lines.map((line) => line.trim()).join(' '))}</p>`;
}

function listHtml(block: string): string {
  const items = block
    .slice(2)
    .split(/\n- /)
    .map((item) => `<li>${inlineHtml(item.replace(/\s*\n\s*/g, ' '))}</li>`);
  return `<ul>${items.join('')}</ul>`;
}

function tableHtml(lines: readonly string[]): string {
  const cells = (line: string) => line.replace(/^\||\|\s*$/g, '').split('|').map((cell) => cell.trim()); // prettier-ignore
  const row = (line: string, tag: 'th' | 'td') => `<tr>${cells(line).map((cell) => `<${tag}>${inlineHtml(cell)}</${tag}>`).join('')}</tr>`; // prettier-ignore
  const [head = '', , ...body] = lines;
  return `<table><thead>${row(head, 'th')}</thead><tbody>${body.map((line) => row(line, 'td')).join('')}</tbody></table>`;
}

function inlineHtml(text: string): string {
  return escapeHtml(text)
    .replace(/`([^`]*)`/g, '<code>$1</code>')
    .replace(/\*\*([^*]+)\*\*/g, '<b>$1</b>')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}
