import { Lately } from './Lately';

it('makes a thing once for who wants it again soon', () => {
  const lately = new Lately<object>();
  const made = lately.get('a', () => ({}));
  expect(lately.get('a', () => ({}))).toBe(made);
  expect(lately.get('b', () => ({}))).not.toBe(made);
});

it('forgets first what was wanted longest ago', () => {
  const lately = new Lately<number>();
  for (let i = 0; i < 32; i++) lately.get(`${i}`, () => i);
  lately.get('0', () => -1);
  lately.get('another', () => 32);
  expect(lately.get('0', () => -1)).toBe(0);
  expect(lately.get('1', () => -1)).toBe(-1);
});

it('keeps nothing of what could not be made', () => {
  const lately = new Lately<number>();
  const fail = () => {
    throw new Error('no');
  };
  expect(() => lately.get('a', fail)).toThrow('no');
  expect(lately.get('a', () => 1)).toBe(1);
});
