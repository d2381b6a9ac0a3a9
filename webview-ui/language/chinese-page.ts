import { CHINESE, CHINESE_SENTENCES } from './chinese.js';
import { PHRASES } from './chinese/phrases.js';
import { translator } from './sentences.js';
import { setWords } from './words.js';

/** A script of its own, loaded before the page by those who read Chinese. */
setWords(CHINESE, translator(CHINESE_SENTENCES, PHRASES));
