import type { Words } from '../words.js';

/** Findings about explosions and what leads to them: pre-flight, growth, rate, first weights, numbers that are not finite. */
export const FINDINGS_OF_EXPLOSION: Words = {
  'training too hasty': '训练过急',
  'weights start too wide': '初始权重过大',
  'weights start too small': '初始权重过小',
  'a few unusual rows': '少数异常的行',
  'clipping threshold too small': '裁剪阈值过小',
  'clipping hides a learning rate that is too large': '裁剪掩盖了过大的学习率',

  'The first update would make the loss overflow': '第一次更新会使损失溢出',
  'The first update would multiply the loss by {0}': '第一次更新会使损失变为 {0} 倍',
  'Update {0} would make the loss overflow': '第 {0} 次更新会使损失溢出',
  'Update {0} would multiply the loss by {1}': '第 {0} 次更新会使损失变为 {1} 倍',
  'Every update would overshoot: rate × sharpness is {0}': '每次更新都会越过极小点：学习率 × 锐度为 {0}',
  'The first updates are larger than the loss allows': '最初几次更新超出了损失所能承受的大小',
  'Gradients are growing ×{0} per step, led by {1}': '梯度每步增长至 {0} 倍，{1} 增长最快',
  'The loss is {0} times its start and the updates are too large': '损失为初始值的 {0} 倍，且更新过大',
  'Dry run: the weights and the random state are as they were. A net can survive one leap by landing in a flatter place.':
    '试运行：权重和随机状态保持原样。网络若落到更平坦的位置，可以承受一次跳跃。',
  'Can be wrong while a warm-up still raises the rate.': '预热仍在提高学习率时可能误报。',
  'Can be wrong for a single leap that lands in a flatter place.': '若只是一次落到更平坦位置的跳跃，可能误报。',
  'loss after ÷ before, same batch': '同一批次更新后损失 ÷ 更新前损失',
  'rate × sharpness = {0}': '学习率 × 锐度 = {0}',
  'rate limit {0}': '学习率上限 {0}',
  '{0} kinds of evidence past their limits': '{0} 类证据超出限值',
  'exp(slope of ln ‖g‖) = ×{0} per step': 'exp(ln ‖g‖ 的斜率) = 每步 ×{0}',
  't = {0} > {1}, up {2} decades': 't = {0} > {1}，上升 {2} 个数量级',
  'loss ÷ first = {0}, limit {1}': '损失 ÷ 初始损失 = {0}，限值 {1}',

  'Gradients grew ×{0} per step, led by {1}': '梯度每步增长至 {0} 倍，{1} 增长最快',
  'One update multiplied the loss by {0}': '一次更新使损失变为 {0} 倍',
  '{0} updates multiplied the loss by {1}': '{0} 次更新使损失变为 {1} 倍',
  'The loss has reached {0} times its first value': '损失已达到初始值的 {0} 倍',
  'loss ÷ first = {0} ÷ {1}': '损失 ÷ 初始损失 = {0} ÷ {1}',
  'Can be wrong where the weights come from an earlier run.': '若权重来自先前的运行，可能误报。',

  '{0} left the net constant: {1} gets no gradient any more': '{0}使网络输出变为常数：{1} 不再得到梯度',
  'The loss looks calm because the output no longer depends on the input.': '损失看似平稳，是因为输出已不再取决于输入。',
  'zero gradient entries ÷ weights': '为零的梯度元素 ÷ 权重数',
  '{0} ÷ {1}, {2} frames in a row': '{0} ÷ {1}，连续 {2} 帧',

  'Training too hasty: the updates at this learning rate have left the net constant': '训练过急：此学习率下的更新使网络输出变为常数',
  'Training too hasty: the learning rate is above its limit': '训练过急：学习率超过上限',
  'Training too hasty: the first updates are too large': '训练过急：最初几次更新过大',
  'Large updates alone are no harm: these ended the gradient.': '更新大本身并无害处，但这些更新使梯度消失了。',
  'A net can hover at this limit for long without harm, and a warm-up moves to flatter places first.':
    '网络可以长时间停留在此上限附近而无害；预热会先移到更平坦的位置。',
  'largest update ÷ weights = {0}': '最大更新 ÷ 权重 = {0}',
  'rate {0}': '学习率 {0}',
  '{0} × sharpness {1} = {2} > {3}': '{0} × 锐度 {1} = {2} > {3}',
  'update ÷ weights = {0}, rate {1}': '更新 ÷ 权重 = {0}，学习率 {1}',

  'Weights start too wide: the signal grows ×{0} per layer, most in {1}': '初始权重过大：信号每层增长至 {0} 倍，在 {1} 中最甚',
  'Weights start too small: the signal shrinks ×{0} per layer, most in {1}': '初始权重过小：信号每层缩小至 {0} 倍，在 {1} 中最甚',
  'Normalisation layers can undo it.': '归一化层可以抵消这一点。',
  'Normalisation layers can undo it, and nets with few layers grow out of it.': '归一化层可以抵消这一点，层数少的网络也会自行恢复。',
  'rms(last) ÷ rms(first) = {0}': 'rms(末层) ÷ rms(首层) = {0}',
  '= ×{0} per layer over {1} layers': '= 每层 ×{0}，共 {1} 层',

  'One gradient was {0} times as large as usual, at step {1}': '第 {1} 步有一个梯度是平时的 {0} 倍',
  'One gradient was {0} times as large as usual, at step {1}, by {2}': '第 {1} 步有一个梯度是平时的 {0} 倍，由{2}引起',
  'One gradient was {0} times as large as usual, at step {1}, and the loss has not come back':
    '第 {1} 步有一个梯度是平时的 {0} 倍，损失尚未恢复',
  'One gradient was {0} times as large as usual, at step {1}, by {2}, and the loss has not come back':
    '第 {1} 步有一个梯度是平时的 {0} 倍，由{2}引起，损失尚未恢复',
  'Can be wrong with very small batches, whose gradients vary much.': '批次很小时梯度变化大，可能误报。',
  '‖g‖ ÷ median of the last {0}': '‖g‖ ÷ 最近 {0} 步的中位数',

  '{0} not finite at step {1}': '第 {1} 步{0}不是有限值',
  '{0} not finite in {1} at step {2}': '第 {2} 步 {1} 中的{0}不是有限值',
  '{0} not finite at step {1}, by {2}': '第 {1} 步{0}不是有限值，由{2}引起',
  '{0} not finite in {1} at step {2}, by {3}': '第 {2} 步 {1} 中的{0}不是有限值，由{3}引起',
  'Column {0} holds {1} values that are not finite': '列 {0} 含有 {1} 个非有限值',
  'The output of {0} is not finite before the first update': '第一次更新之前，{0} 的输出已不是有限值',
  'The first gradient is not finite': '第一个梯度不是有限值',
  'The first gradient is not finite in {0}': '第一个梯度在 {0} 中不是有限值',
  'first in {0}, {1}': '首见于 {0}，{1}',
  'last finite frame: step {0} or before': '最后一个有限的帧：第 {0} 步或更早',

  '{0} % of the updates are clipped: the threshold sets the steps, not the gradient': '{0} % 的更新被裁剪：决定步长的是阈值，而不是梯度',
  'A net can learn well with normalised gradients.': '网络在归一化的梯度下也可以学得很好。',
  'clipped updates ÷ updates': '被裁剪的更新 ÷ 全部更新',
};
