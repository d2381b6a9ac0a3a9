import { CHARTS } from './chinese/charts.js';
import { NAMES } from './chinese/names.js';
import { RAIL } from './chinese/rail.js';
import { RUN } from './chinese/run.js';
import { RUNS } from './chinese/runs.js';
import type { Words } from './words.js';

/**
 * The page in Simplified Chinese: English text as the source says it, then the Chinese. Terms as the field writes them:
 * 梯度范数 gradient norm, 学习率 learning rate, 损失 loss, 轮次 epoch, 梯度裁剪 gradient clipping.
 */
export const CHINESE: Words = { ...RUN, ...CHARTS, ...RAIL, ...RUNS, ...NAMES };
