import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../../src/diagnosis/finding.js';
import { CHINESE_SENTENCES } from '../../../webview-ui/language/chinese.js';
import { PHRASES } from '../../../webview-ui/language/chinese/phrases.js';
import { REASONS } from '../../../webview-ui/language/chinese/reasons.js';
import { translator } from '../../../webview-ui/language/sentences.js';
import { trainerSentences } from './trainer-sentences.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const files = ['src/diagnosis', 'src/fixes', 'src/training', 'src/training/engine'].map((folder) =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(root, folder, name)),
);
const [diagnosis = [], fixes = [], ...training] = files;
const inChinese = translator(CHINESE_SENTENCES, PHRASES);
const isChinese = (text: string) => /\p{Script=Han}/u.test(text);
const marks = (text: string) => (text.match(/‹\d+›/g) ?? []).sort();
/** Formulas of symbols alone are the same in every language. */
const hasWords = (line: string) => /\p{L}{2,}/u.test(line.replace(/softmax|exp|‹\d+›/g, ''));
/** Names of two initialisers are joined as the run goes. */
const JOINED = ['Initialise the weights with ‹1› and ‹2›', 'Initialise ‹1› layers with ‹2› and ‹3›'];
const sentences = [...diagnosis, ...fixes].flatMap(trainerSentences).concat(Object.values(CAUSES), JOINED);
const lines = [...new Set(sentences.flatMap((text) => text.split('\n')))].filter((line) => hasWords(line) && line.includes(' '));

describe('what findings and fixes say', () => {
  it('is there in Chinese, whatever values and alternatives are in it', () => {
    expect(lines.length).toBeGreaterThan(180);
    expect(lines.filter((line) => !isChinese(inChinese(line)))).toEqual([]);
  });

  it('keeps every value', () => {
    for (const line of lines) expect(marks(inChinese(line)), line).toEqual(marks(line));
  });

  it('has no Chinese that nothing asks for, and the same holes', () => {
    const source = [...diagnosis, ...fixes, ...training.flat()].map((file) => readFileSync(file, 'utf8')).join('\n');
    const holes = (text: string) => [...new Set(text.match(/\{\d+\}/g))].sort();
    for (const [english, chinese] of Object.entries({ ...CHINESE_SENTENCES, ...PHRASES }))
      expect(holes(chinese), english).toEqual(holes(english));
    const said = new Set(lines.map((line) => inChinese(line).replace(/‹\d+›/g, '')));
    const unused = Object.entries(CHINESE_SENTENCES).filter(([english, chinese]) => {
      const pieces = chinese.split(/\{\d+\}/);
      return !(english in REASONS) && !source.includes(english) && ![...said].some((text) => pieces.every((piece) => text.includes(piece)));
    });
    expect(unused.map(([english]) => english)).toEqual([]);
    for (const english of Object.keys(REASONS)) expect(source).toContain(english.split('{0}')[0]);
  });
});

describe('the translation of a sentence', () => {
  it.each([
    ['The first update would multiply the loss by 1,234', '第一次更新会使损失变为 1,234 倍'],
    ['Update 3 would multiply the loss by 1e9', '第 3 次更新会使损失变为 1e9 倍'],
    [
      'The gradient is not finite in dense_2 at step 7, by row 3 of the batch (training row 120)',
      '第 7 步 dense_2 中的梯度不是有限值，由批次中的第 3 行（训练集第 120 行）引起',
    ],
    ['Column number of rooms repeats rate 5', '列 number of rooms 与 rate 5 重复'],
    ['rate × sharpness = 3.1\nrate limit 0.02', '学习率 × 锐度 = 3.1\n学习率上限 0.02'],
    ['1 ÷ 2 = 0.5 > 0.1', '1 ÷ 2 = 0.5 > 0.1'],
    ['A sentence of a later trainer', 'A sentence of a later trainer'],
  ])('%s', (english, chinese) => {
    expect(inChinese(english)).toBe(chinese);
  });
});
