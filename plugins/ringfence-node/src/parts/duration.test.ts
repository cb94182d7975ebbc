import { formatDuration, parseDurationMs } from './duration';

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

  it.each([
    [7_776_000_000, '2160h'],
    [5_400_000, '1h30m'],
    [61_500, '1m1s'],
    [0, '0s'],
  ])('writes %p ms as %p', (ms, expected) => {
    expect(formatDuration(ms)).toBe(expected);
  });
});
