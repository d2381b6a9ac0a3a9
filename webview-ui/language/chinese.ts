import { CHARTS } from './chinese/charts.js';
import { FINDINGS_OF_DATA } from './chinese/findings-data.js';
import { FINDINGS_OF_EXPLOSION } from './chinese/findings-explosion.js';
import { FINDINGS_OF_LEARNING } from './chinese/findings-learning.js';
import { FIXES } from './chinese/fixes.js';
import { NAMES } from './chinese/names.js';
import { RAIL } from './chinese/rail.js';
import { REASONS } from './chinese/reasons.js';
import { RUN } from './chinese/run.js';
import { RUNS } from './chinese/runs.js';
import type { Words } from './words.js';

/**
 * The page in Simplified Chinese: English text as the source says it, then the Chinese. Terms as the field writes them:
 * 梯度范数 gradient norm, 学习率 learning rate, 损失 loss, 轮次 epoch, 梯度裁剪 gradient clipping.
 */
export const CHINESE: Words = { ...RUN, ...CHARTS, ...RAIL, ...RUNS, ...NAMES };

/** What the trainer says in sentences: findings, fixes, reasons; with their values in the holes. */
export const CHINESE_SENTENCES: Words = { ...FINDINGS_OF_EXPLOSION, ...FINDINGS_OF_LEARNING, ...FINDINGS_OF_DATA, ...FIXES, ...REASONS };
