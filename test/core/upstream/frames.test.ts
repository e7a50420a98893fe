import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameReader } from '../../../src/core/upstream/frames.ts';

function stream(...messages: object[]): Buffer {
  return Buffer.concat(messages.flatMap(message => Object.values(encodeFrame(message))));
}

describe('frames', () => {
  const messages = [{ a: 1 }, {}, { text: 'ä'.repeat(1_000) }];

  it('are read however the stream is cut', () => {
    const bytes = stream(...messages);
    for (const size of [1, 2, 3, 5, 7, 64, bytes.length]) {
      const reader = new FrameReader();
      const read: unknown[] = [];
      for (let at = 0; at < bytes.length; at += size)
        read.push(...reader.push(bytes.subarray(at, at + size)));
      expect(read).toEqual(messages);
    }
  });

  it('are not read before they are whole', () => {
    const reader = new FrameReader();
    expect(reader.push(stream({ a: 1 }).subarray(0, -1))).toEqual([]);
  });

  it('that hold no JSON throw', () => {
    expect(() => new FrameReader().push(Buffer.from([1, 0, 0, 0, 0x7b]))).toThrow(SyntaxError);
  });
});
