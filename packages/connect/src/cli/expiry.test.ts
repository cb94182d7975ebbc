import { expiryText } from './expiry';

const NOW = new Date('2026-06-01T12:00:00Z');

it.each([
  ['2035-06-01T12:00:00Z', 'expires in 9 years'],
  ['2026-08-01T12:00:00Z', 'expires in 61 days'],
  ['2026-06-02T12:00:00Z', 'expires in 1 day'],
  ['2026-06-01T15:30:00Z', 'expires in 3 hours'],
  ['2026-06-01T12:00:30Z', 'expires in less than a minute'],
  ['2026-06-01T12:00:00Z', 'expired less than a minute ago'],
  ['2026-06-01T09:00:00Z', 'expired 3 hours ago'],
  ['2026-05-31T11:00:00Z', 'expired 1 day ago'],
])('words %s as "%s"', (notAfter, text) => {
  expect(expiryText(new Date(notAfter), NOW)).toBe(text);
});
