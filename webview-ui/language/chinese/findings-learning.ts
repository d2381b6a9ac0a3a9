import type { Words } from '../words.js';

/** Findings about nets that do not learn, or learn their rows by heart. */
export const FINDINGS_OF_LEARNING: Words = {
  'learning rate too small': '学习率过小',
  'too little data': '数据过少',
  'model too complex': '模型过于复杂',
  'regularised too strongly': '正则化过强',
  'no progress': '没有进展',
  'units are dead': '单元已失活',
  'units are saturated': '单元已饱和',
  'activations squash the gradient': '激活函数压缩了梯度',
  'units pass no gradient': '单元不传递梯度',

  '{0} % of the units of {1} are never active, and the loss does not fall': '{1} 中 {0} % 的单元从不激活，且损失不下降',
  'Measured on a sample of the rows: a unit may be active on others.': '在部分行上测得：单元在其他行上可能是激活的。',
  'never active ÷ units': '从不激活的单元 ÷ 全部单元',

  '{0} % of the activations of {1} are at their limits, and the loss does not fall': '{1} 中 {0} % 的激活值处于极限，且损失不下降',
  'Measured on a sample of the rows.': '在部分行上测得。',
  'inputs beyond ±5 ÷ all inputs': '超出 ±5 的输入 ÷ 全部输入',

  '{0} gets almost no gradient, and the loss does not fall': '{0} 几乎得不到梯度，且损失不下降',
  'Can be wrong for a net that takes off after hundreds of steps; compared with {0}.':
    '若网络在数百步之后才开始学习，可能误报；与 {0} 作比较。',
  '‖g‖ first layer ÷ last layer': '‖g‖ 首层 ÷ 末层',

  'The loss jumps between {0} and {1} instead of settling': '损失在 {0} 与 {1} 之间跳动，没有稳定下来',
  'Can be wrong where a schedule will lower the rate later.': '若之后有计划降低学习率，可能误报。',
  'deviation ÷ mean of {0} block losses': '{0} 段损失的标准差 ÷ 均值',

  'The updates are too small to learn: {0} % of the weights over the whole run': '更新过小，无法学习：整个运行中仅为权重的 {0} %',
  'The learning rate has decayed to {0} before anything was learned': '还没有学到任何东西，学习率就已衰减到 {0}',
  'Can be wrong for fine-tuning that is meant to move little.': '若是本就只需微小改动的微调，可能误报。',
  'Can be wrong where the loss is as low as the data allow.': '若损失已低至数据所允许的程度，可能误报。',
  'update ÷ weights = {0}': '更新 ÷ 权重 = {0}',
  '× {0} steps = {1}': '× {0} 步 = {1}',
  'rate ÷ its largest at step {0}': '第 {0} 步的学习率 ÷ 其最大值',

  "Nothing was learned: the loss ended at {0} of the trivial predictor's": '什么也没有学到：最终损失为平凡预测器的 {0}',
  'Can be wrong where the data holds nothing to learn.': '若数据中本就没有可学的内容，可能误报。',
  "last loss ÷ trivial predictor's loss": '最终损失 ÷ 平凡预测器的损失',

  'The model is large for its data: {0}': '模型相对于数据过大：{0}',
  'The model learns its rows by heart: {0}': '模型在死记训练行：{0}',
  'Large nets often generalise all the same: the validation loss decides.': '大型网络往往同样能够泛化：以验证损失为准。',
  'parameters ÷ samples': '参数 ÷ 样本',

  'There is little data: {0}': '数据很少：{0}',
  'The data is too little to learn what holds for other rows: {0}': '数据过少，学不到对其他行也成立的规律：{0}',
  'Few rows are enough for a simple rule: the validation loss decides.': '规律简单时少量的行就已足够：以验证损失为准。',
  'training rows ÷ input columns': '训练行 ÷ 输入列',

  'The validation loss has risen to {0} times its best, while the training loss falls':
    '验证损失已升至其最佳值的 {0} 倍，而训练损失仍在下降',
  'The training rows are learned by heart: on others the loss is {0} of guessing': '训练行被死记：在其他行上损失为随意猜测的 {0}',
  'Can be wrong where the validation split is small.': '若验证集很小，可能误报。',
  'validation loss ÷ its best': '验证损失 ÷ 其最佳值',
  '{0} ÷ {1}, {2} epochs ago': '{0} ÷ {1}，{2} 轮之前',
  'loss ÷ guessing: validation {0}': '损失 ÷ 猜测：验证 {0}',
  'training {0}': '训练 {0}',
};
