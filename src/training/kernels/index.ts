export { averagePool, averagePoolGradient, maxPool, maxPoolGradient } from './pooling';
export { batchMajor, columnSum, reluGradient, timeMajor } from './elements';
export { convolve, filterGradient, filterGradientScratch, packFlipped, pad } from './convolution';
export { packColumns, packRows, product, productScratch } from './products';
export { gradientSquares, gradientStatistics, updateStatistics } from './statistics';
export { proposeAdam, proposeRmsprop, proposeSgd } from './updates';
export { gruBackward, gruForward, gruScratch } from './gru';
export { lstmBackward, lstmBackwardScratch, lstmForward, lstmForwardScratch } from './lstm';
