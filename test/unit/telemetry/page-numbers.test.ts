import { expect, it } from 'vitest';
import { packMessage, unpackMessage } from '../../../src/telemetry/page-numbers.js';

const message = {
  type: 'event',
  loss: Infinity,
  evidence: { norm: NaN, limit: -Infinity, name: 'NaN' },
  list: [1, NaN, null, 'x', undefined],
  column: new Float64Array([1, NaN]),
};

it('carries non-finite numbers through JSON', () => {
  const { column: _, ...plain } = message;
  const received: unknown = JSON.parse(JSON.stringify(packMessage(plain)));
  expect(unpackMessage(received)).toEqual({ ...plain, list: [1, NaN, null, 'x', null] });
});

it('leaves typed arrays as they are', () => {
  expect(packMessage(message).column).toBe(message.column);
  expect(unpackMessage(message).column).toBe(message.column);
});
