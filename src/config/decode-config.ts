import { AppError } from './app-error.js';

/**
 * The text of a config file. A byte order mark is kept, so that edits written back change nothing else.
 * @throws AppError 'config-syntax' for bytes that are not UTF-8, with the line and offset of the first bad one.
 */
export function decodeConfigBytes(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const offset = firstInvalidByte(bytes);
    const before = bytes.subarray(0, offset);
    const line = before.reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 1);
    const column = offset - before.lastIndexOf(0x0a);
    const what = isUtf16(bytes)
      ? 'The config is UTF-16 text, not UTF-8.'
      : `The config is not UTF-8 text: byte ${hex(bytes[offset])} at offset ${offset} on line ${line}.`;
    throw new AppError('config-syntax', what, 'Save the file with the encoding UTF-8.', { file, line, column }, { cause });
  }
}

const hex = (byte: number | undefined): string => `0x${(byte ?? 0).toString(16).padStart(2, '0')}`;
const isUtf16 = (b: Uint8Array): boolean => (b[0] === 0xff && b[1] === 0xfe) || (b[0] === 0xfe && b[1] === 0xff);

/** Offset of the first character that is not UTF-8: behind the longest prefix that decodes, found by halving. */
function firstInvalidByte(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUtf8(bytes.subarray(0, middle), true)) good = middle;
    else bad = middle;
  }
  while (good > 0 && !isUtf8(bytes.subarray(0, good), false)) good--;
  return good;
}

/** The bytes are UTF-8; with `allowCut` the last character may be incomplete. */
function isUtf8(bytes: Uint8Array, allowCut: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: allowCut });
    return true;
  } catch {
    return false;
  }
}
