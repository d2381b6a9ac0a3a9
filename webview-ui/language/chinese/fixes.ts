import type { Words } from '../words.js';

/** Titles and reasons of fixes. */
export const FIXES: Words = {
  'Drop {0} % of the last hidden layer in training': '训练时随机丢弃最后一个隐藏层的 {0} %',
  'Units that cannot rely on each other learn what holds for other rows too (Srivastava et al. 2014).':
    '单元不能相互依赖时，会学到对其他行也成立的规律（Srivastava et al. 2014）。',
  'Add L1 {0} to the kernels': '为核权重添加 L1 {0}',
  'Adds 0.01 × sum of |w| to the loss, which shrinks weights that do not earn their keep to 0; L1 of 0.01 on the kernels is the reference example (Tibshirani 1996).':
    '在损失中加上 0.01 × |w| 之和，使没有贡献的权重缩小到 0；核权重上 0.01 的 L1 是参考示例（Tibshirani 1996）。',
  'Add L2 {0} to the kernels': '为核权重添加 L2 {0}',
  'Adds 0.01 × sum of w² to the loss, which keeps all weights small; weight decay (Krogh and Hertz 1992).':
    '在损失中加上 0.01 × w² 之和，使所有权重保持较小；即权重衰减（Krogh and Hertz 1992）。',
  'Add batch normalization behind {0}': '在{0}之后添加批归一化',
  'Add layer normalization behind {0}': '在{0}之后添加层归一化',
  'A normalised signal neither grows nor fades through the layers, and stays where activations have a slope (Ioffe and Szegedy 2015).':
    '归一化的信号在各层之间既不增长也不衰减，并保持在激活函数有斜率的区域（Ioffe and Szegedy 2015）。',
  'Use {0} in the hidden layers': '在隐藏层中使用 {0}',
  'A sigmoid passes at most 0.25 of the gradient per layer, relu passes all of it (Glorot et al. 2011).':
    'sigmoid 每层最多传递 0.25 的梯度，relu 则全部传递（Glorot et al. 2011）。',
  'elu has a gradient below 0 too, so its units cannot die (Clevert et al. 2016).':
    'elu 在 0 以下也有梯度，因此其单元不会失活（Clevert et al. 2016）。',
  'Initialise the weights with {0}': '用 {0} 初始化权重',
  'Initialise the weights with {0} and {1}': '用 {0} 和 {1} 初始化权重',
  'Initialise {0} layers with {1}': '用 {1} 初始化 {0} 层',
  'Initialise {0} layers with {1} and {2}': '用 {1} 和 {2} 初始化 {0} 层',
  'Its width follows the number of inputs, so that the signal neither grows nor shrinks from layer to layer (He et al. 2015).':
    '其宽度取决于输入的数量，使信号在各层之间既不增长也不缩小（He et al. 2015）。',
  'Use Adam with learning rate {0}': '使用 Adam，学习率 {0}',
  'Its steps depend on the direction of the gradient, not on its size (Kingma and Ba 2015).':
    '其步长取决于梯度的方向，而不是大小（Kingma and Ba 2015）。',
  'Its steps depend on the direction of the gradient, not on its size (Kingma and Ba 2015); {0} steps of at most {1} can move a weight by 4.':
    '其步长取决于梯度的方向，而不是大小（Kingma and Ba 2015）；{0} 步、每步至多 {1}，可使权重移动 4。',

  'Use a sigmoid output with binary crossentropy': '使用 sigmoid 输出和二元交叉熵',
  'A softmax over one unit is always 1; a sigmoid over one unit is the probability of the second of two classes.':
    '单个单元上的 softmax 恒为 1；单个单元上的 sigmoid 是两个类别中第二个的概率。',
  'Use {0} output units, one per class': '使用 {0} 个输出单元，每个类别一个',
  'The target has {0} classes, and a softmax needs one unit for each.': '目标有 {0} 个类别，softmax 需要为每个类别设一个单元。',
  'Remove the first of the two softmaxes': '移除两个 softmax 中的第一个',
  'Softmax of a softmax cannot pass e ÷ (e + n - 1); one softmax turns logits into probabilities.':
    'softmax 的 softmax 不能超过 e ÷ (e + n - 1)；一个 softmax 就能把 logits 变为概率。',
  'Remove the softmax of the output layer': '移除输出层的 softmax',
  'With fromLogits the loss applies the softmax itself, which is also exact for large logits.':
    '使用 fromLogits 时损失函数自行应用 softmax，对大的 logits 也是精确的。',
  'Use a linear output and let the loss apply the {0}': '使用线性输出，由损失函数应用 {0}',
  '{0} needs probabilities; with fromLogits it applies the {1} itself to any output.':
    '{0} 需要概率；使用 fromLogits 时它会自行对任何输出应用 {1}。',
  'Use a linear output': '使用线性输出',
  'Use a linear output with mean squared error': '使用线性输出和均方误差',
  'The target is a number, and only a linear output can reach every number.': '目标是数值，只有线性输出才能达到任意数值。',

  'Leave out the column "{0}"': '去掉列“{0}”',
  'It is the same in every row, so it tells nothing.': '它在每一行都相同，因此不提供任何信息。',
  'It holds the numbers of another column, so it tells nothing new.': '它与另一列的数值相同，因此不提供新的信息。',
  'Drop the rows with missing values': '去掉有缺失值的行',
  'One NaN in a batch makes every gradient of that batch NaN, and after the update every weight.':
    '批次中的一个 NaN 会使该批次的所有梯度变为 NaN，更新之后所有权重也变为 NaN。',
  'Use {0} rows': '使用 {0} 行',
  'Of {0} training rows only {1} differ: the others repeat them.': '{0} 个训练行中只有 {1} 行各不相同：其余是重复的。',
  'Scale the inputs to mean 0 and deviation 1': '将输入缩放为均值 0、标准差 1',
  '{0}; curvature grows with its square, and scaled inputs have 1 (LeCun et al. 1998).':
    '{0}；曲率随其平方增长，而缩放后的输入为 1（LeCun et al. 1998）。',
  'Scale the target to mean 0 and deviation 1': '将目标缩放为均值 0、标准差 1',
  '{0}; the gradient of a squared error grows with it.': '{0}；平方误差的梯度随之增长。',

  'Clip gradients to global norm {0}': '将梯度裁剪到全局范数 {0}',
  '90 % of the healthy gradient norms of this run are below {0} (90th-percentile rule, deep learning tuning playbook).':
    '此运行中 90 % 的健康梯度范数低于 {0}（第 90 百分位规则，deep learning tuning playbook）。',
  'The gradient norm is {0}; at {1} one update changes the weights by 1 % (Pascanu et al. 2013).':
    '梯度范数为 {0}；在 {1} 时一次更新使权重改变 1 %（Pascanu et al. 2013）。',
  'A gradient of norm 1 limits every update to the learning rate itself (Pascanu et al. 2013).':
    '范数为 1 的梯度将每次更新限制在学习率本身（Pascanu et al. 2013）。',
  'Decay the learning rate by {0} every {1} steps': '每 {1} 步将学习率乘以 {0}',
  'Decay the learning rate more slowly, by {0} every {1} steps': '更慢地衰减学习率，每 {1} 步乘以 {0}',
  'The rate falls from {0} to a tenth over the run, so that late updates are small; the first ones stay as they are.':
    '学习率在运行中从 {0} 降到十分之一，使后期的更新较小；最初的更新保持不变。',
  'Stop after {0} steps': '在 {0} 步之后停止',
  'The validation loss was lowest there, and has risen since (Prechelt 1998).': '验证损失在那里最低，此后上升（Prechelt 1998）。',
  'The validation loss was lowest there, at {0}, and has risen since (Prechelt 1998).':
    '验证损失在那里最低，为 {0}，此后上升（Prechelt 1998）。',
  'Use batches of {0} rows': '使用 {0} 行的批次',
  'A gradient over {0} rows instead of {1} has {2} times less noise (McCandlish et al. 2018).':
    '用 {0} 行而不是 {1} 行计算梯度，噪声降至 {2} 分之一（McCandlish et al. 2018）。',
  'Lower the learning rate to {0}': '将学习率降至 {0}',
  'The measured limit is {0} (2 ÷ sharpness, Cohen et al. 2021); the rate is {1}.':
    '测得的上限为 {0}（2 ÷ 锐度，Cohen et al. 2021）；当前学习率为 {1}。',
  'At {0} the first updates stay within about 1 % of the weights; the rate is {1}.':
    '在 {0} 时，最初的更新保持在权重的约 1 % 以内；当前学习率为 {1}。',
  'A tenth of the present rate of {0}; its limit could not be measured.': '当前学习率 {0} 的十分之一；其上限无法测得。',
  'Raise the learning rate to {0}': '将学习率提高到 {0}',
  'Half the limit the curvature sets (2 ÷ sharpness, Cohen et al. 2021); the rate is {0}.':
    '曲率所定上限的一半（2 ÷ 锐度，Cohen et al. 2021）；当前学习率为 {0}。',
  'An update then changes the weights by about a thousandth, the usual pace; the rate is {0}.':
    '此时一次更新使权重改变约千分之一，即通常的速度；当前学习率为 {0}。',
  'Halve the units of {0}': '将{0}的单元数减半',
  'A net with fewer parameters has less room to learn single rows by heart.': '参数较少的网络更难死记个别的行。',
  'Warm the learning rate up over {0} steps': '用 {0} 步预热学习率',
  'The first updates are small while the curvature is highest; later ones stay as they are (Goyal et al. 2017).':
    '曲率最高时最初的更新较小；之后的更新保持不变（Goyal et al. 2017）。',
};
