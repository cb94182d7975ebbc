import { renderHook } from '@testing-library/react';
import { TestApiProvider, mockApis } from '@backstage/frontend-test-utils';
import { daysUntil, useTimes } from './useTimes';

const NOW = new Date('2026-11-22T10:00:00Z');

function times() {
  return renderHook(() => useTimes(), {
    wrapper: ({ children }) => (
      <TestApiProvider apis={[mockApis.translation(), mockApis.error()]}>
        {children}
      </TestApiProvider>
    ),
  }).result.current;
}

describe('useTimes', () => {
  it.each([
    ['2027-01-22T11:00:00Z', 'expires in 61 days'],
    ['2026-11-24T10:00:00Z', 'expires in 2 days'],
    ['2026-11-23T10:00:00Z', 'expires in 24 hours'],
    ['2026-11-22T11:59:00Z', 'expires in 119 minutes'],
    ['2026-11-22T10:01:00Z', 'expires in 1 minute'],
    ['2026-11-22T10:00:30Z', 'expires in less than a minute'],
    ['2036-11-22T10:00:00Z', 'expires in 10 years'],
    ['2026-11-22T07:00:00Z', 'expired 3 hours ago'],
    ['2026-11-22T10:00:00Z', 'expired less than a minute ago'],
  ])('words an expiry at %s as "%s"', (notAfter, words) => {
    expect(times().expiry(notAfter, NOW)).toBe(words);
  });

  it.each([
    ['2026-11-22T10:00:05Z', 'now'],
    ['2026-11-22T09:59:58Z', 'now'],
    ['2026-11-22T09:59:30Z', '30 sec. ago'],
    ['2026-11-22T09:58:00Z', '2 min. ago'],
    ['2026-11-22T07:00:00Z', '3 hr. ago'],
    ['2026-11-21T09:00:00Z', 'yesterday'],
  ])('words the age of %s as "%s"', (moment, words) => {
    expect(times().ago(moment, NOW)).toBe(words);
  });

  it.each([
    ['2026-11-25T09:59:59Z', 2],
    ['2026-11-25T10:00:00Z', 3],
    ['2026-11-22T09:59:59Z', -1],
  ])('counts whole days until %s: %i', (moment, days) => {
    expect(daysUntil(moment, NOW)).toBe(days);
  });
});
