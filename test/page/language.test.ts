import { describe, expect, it } from 'vitest';
import { CHINESE } from '../../webview-ui/language/chinese.js';
import { speakInBrackets, wordsUnsaid } from './said-words.js';
import { stageOfFile } from './stage-of-file.js';

const stage = stageOfFile();

const texts = async (selector: string) => (await stage.page.locator(selector).allInnerTexts()).map((text) => text.trim());
const bar = () =>
  stage.page.locator('.bar .tools button').evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label') ?? ''));
/** Headings of the page itself; those in findings are the words of the trainer. */
const HEADINGS = 'main h1, main h2, main h3, .rail h2, .below h2';

describe('in Simplified Chinese', () => {
  it('the run bar, its figures and its buttons speak it', async () => {
    await stage.open('run=healthy&until=90&lang=zh-cn');
    expect(await texts('.bar .state')).toEqual(['正在训练']);
    expect((await texts('.bar .figures')).join()).toMatch(/步 90 \/ 120\s+轮次 11 \/ 30\s+引擎 wasm\s+随机种子 42/);
    const labels = await bar();
    expect(labels).toContain('暂停训练');
    expect(labels).toContain('停止训练');
    expect(labels).toContain('显示日志');
  });

  it('so do the verdict and every heading', async () => {
    expect(await texts('.verdict h1')).toEqual([CHINESE['Healthy']]);
    const headings = await texts(HEADINGS);
    expect(headings).toEqual(expect.arrayContaining(['风险', '损失', '学习率', '梯度范数', '层', '发现的问题', '轮次', '设置']));
    expect(headings.filter((heading) => heading in CHINESE)).toEqual([]);
  });

  it('so do the findings and fixes that the trainer says in English', async () => {
    await stage.open('run=exploding&lang=zh-cn');
    await stage.page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
    const said = await texts('.verdict h1, .finding h3, .finding .note, .fix .title, .fix .why');
    expect(said.length).toBeGreaterThan(4);
    expect(said.filter((text) => !/\p{Script=Han}/u.test(text))).toEqual([]);
  });

  it('so does the page without a run', async () => {
    await stage.open('empty&lang=zh-cn');
    expect(await texts('.bar .state')).toEqual(['无运行']);
    const headings = await texts(HEADINGS);
    expect(headings).toEqual(expect.arrayContaining(['尚无运行', '此工作区中的配置', '训练期间']));
    expect(headings.filter((heading) => !/\p{Script=Han}/u.test(heading))).toEqual([]);
    expect(await texts('.configs button')).toContain('检查');
  });
});

it('a language the page does not know is English', async () => {
  await stage.open('run=healthy&until=90&lang=zh-tw');
  expect(await texts('.bar .state')).toEqual(['Training']);
  expect(await texts('.verdict h1')).toEqual(['Healthy']);
});

describe('whatever the page shows or reads out is either said in its language or comes from the run', () => {
  const bracketed = stageOfFile({ prepare: ({ page }) => speakInBrackets(page) });

  it.each([
    ['running', 'run=healthy&until=90'],
    ['with a forecast', 'growing=97'],
    ['paused', 'run=growing&until=24&state=paused'],
    ['starting', 'run=healthy&until=-1&state=starting'],
    ['diverged', 'run=exploding'],
    ['held before its first update', 'run=held'],
    ['completed', 'run=healthy'],
    ['compared', 'run=growing&until=23&with=exploding'],
    ['without a run', 'empty'],
    ['in Restricted Mode', 'empty=restricted'],
  ])('%s', async (_, query) => {
    await bracketed.open(query);
    const { page } = bracketed;
    await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
    await bracketed.settle();
    expect(await page.locator('.bar .state').innerText()).toMatch(/^⟦.+⟧$/);
    expect(await wordsUnsaid(page)).toEqual([]);
  });
});
