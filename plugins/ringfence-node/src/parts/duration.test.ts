import { parseDurationMs } from './duration';

describe('durations', () => {
  it.each([
    ['2160h', 7_776_000_000],
    ['1h30m', 5_400_000],
    ['300s', 300_000],
    ['90d', undefined],
    ['1.5h', undefined],
    ['-1h', undefined],
    ['1h ', undefined],
    ['', undefined],
  ])('reads %p as %p ms', (text, expected) => {
    expect(parseDurationMs(text)).toBe(expected);
  });
});
