import { withRole } from './withRole';

it.each([
  ['USERNAME = "orders_app"', 'USERNAME = "team_web_v1"'],
  ["username='orders_app'", "username='team_web_v1'"],
  ['orders_app_two my-orders_app', 'orders_app_two my-orders_app'],
])('makes of %s: %s', (text, expected) => {
  expect(withRole(text, 'orders_app', 'team_web_v1')).toBe(expected);
});

it('takes no character of a role for a pattern', () => {
  expect(withRole('a.b axb', 'a.b', '$&')).toBe('$& axb');
});

it.each([
  ['the same role', 'orders_app', 'orders_app'],
  ['a file that names none', undefined, 'team_web_v1'],
  ['no choice', 'orders_app', undefined],
])('changes nothing for %s', (_what, from, to) => {
  expect(withRole('orders_app', from, to)).toBe('orders_app');
});
