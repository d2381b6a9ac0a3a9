import { describe, expect, it } from 'vitest';
import { decodeConfigBytes } from '../../../src/config/decode-config.js';

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('decodeConfigBytes', () => {
  const bytes = (...parts: (string | number[])[]): Uint8Array =>
    new Uint8Array(parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part)));

  it('keeps a byte order mark and every character', () => {
    expect(decodeConfigBytes(bytes('\uFEFF{ "é": "😀" }'), 'x.json')).toBe('\uFEFF{ "é": "😀" }');
  });

  it.each([
    [bytes('{\n"a": "', [0xe9], '"\n}'), 'byte 0xe9 at offset 8 on line 2', 2, 7],
    [bytes('é\n', [0xff]), 'byte 0xff at offset 3 on line 2', 2, 1],
    [bytes('{}', [0xe2, 0x82]), 'byte 0xe2 at offset 2', 1, 3],
  ])('names the first byte that is not UTF-8', (input, message, line, column) => {
    const decode = (): string => decodeConfigBytes(input, 'x.json');
    expect(decode).toThrow(message);
    expect(thrownBy(decode)).toMatchObject({ code: 'config-syntax', place: { file: 'x.json', line, column } });
  });

  it('recognises UTF-16', () => {
    expect(() => decodeConfigBytes(bytes([0xff, 0xfe, 0x7b, 0x00]), 'x.json')).toThrow('UTF-16');
  });
});
