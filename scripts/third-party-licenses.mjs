// The licences of everything that ships inside the bundles, read from the packages that esbuild took code from.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const PACKAGE_FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\.|-|$)/i;
const REPEATED = '(the same text as above)';

/**
 * @param {Iterable<string>} inputs paths of bundled files, as in the metafile of esbuild
 * @returns {Promise<string>} one section per package: name, version, licence, and its licence text
 */
export async function thirdPartyLicenses(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const folder = PACKAGE_FOLDER.exec(input)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const seen = new Set();
  const sections = [];
  for (const folder of [...folders].sort()) sections.push(await sectionOf(folder, seen));
  return `Gradwatch contains code of the following packages.\n\n${sections.join('\n')}`;
}

async function sectionOf(folder, seen) {
  const { name, version, license, homepage } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  if (license === undefined) throw new Error(`The package ${name} names no licence: it cannot ship.`);
  const files = (await readdir(folder)).filter((file) => LICENCE_FILE.test(file)).sort();
  const texts = [];
  for (const file of files) {
    const text = (await readFile(path.join(folder, file), 'utf8')).trim();
    texts.push(seen.has(text) ? REPEATED : text);
    seen.add(text);
  }
  const head = [`${name} ${version}`, `Licence: ${license}`, ...(homepage === undefined ? [] : [homepage])];
  return `${'-'.repeat(80)}\n${head.join('\n')}\n\n${texts.join('\n\n')}\n`;
}
