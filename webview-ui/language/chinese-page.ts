import { CHINESE } from './chinese.js';
import { setWords } from './words.js';

/** A script of its own, loaded before the page by those who read Chinese. */
setWords(CHINESE);
