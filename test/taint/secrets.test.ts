import { expect, it } from 'vitest';
import { found, plant } from './secrets.ts';

it('finds a planted value however it is encoded, and nothing else', () => {
  const planted = plant('one', 'two');
  const value = planted.one;
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  const texts = [
    value,
    encoded(value),
    ...['a', 'ab', 'abc', 'abcd'].map(before => encoded(`${before}${value} and more`)),
    Buffer.from(value).toString('hex'),
    `https://person:${value}@host`,
  ];
  for (const text of texts) expect(found(`… ${text} …`, planted)).toEqual(['one']);
  expect(found(`taint-one ${encoded('taint-two')} ${value.slice(1)}`, planted)).toEqual([]);
});
