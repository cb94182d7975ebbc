import {
  dropStatement,
  grantStatements,
  roleName,
  roleStatements,
  roleVersion,
} from './roles';

it('names a role so that nothing of the database is called the same', () => {
  expect(roleName('web-shop', 3)).toBe('team_web_shop_v3');
  expect(roleVersion('team_web_shop_v3')).toBe(3);
  expect(roleVersion('team_v2_v11')).toBe(11);
});

it('makes a role that logs in and is no superuser, without what an attempt left behind', () => {
  expect(roleStatements('team_a_v1', "it's")).toEqual([
    'DROP ROLE IF EXISTS "team_a_v1"',
    `CREATE ROLE "team_a_v1" WITH PASSWORD = 'it''s' AND SUPERUSER = false AND LOGIN = true`,
  ]);
});

it.each([
  ['read', ['GRANT SELECT ON KEYSPACE "shop" TO "team_a_v1"']],
  [
    'readWrite',
    [
      'GRANT SELECT ON KEYSPACE "shop" TO "team_a_v1"',
      'GRANT MODIFY ON KEYSPACE "shop" TO "team_a_v1"',
    ],
  ],
] as const)('grants for %s no more than that', (access, expected) => {
  expect(grantStatements('team_a_v1', ['shop'], access)).toEqual(expected);
});

it('quotes what it is given', () => {
  expect(dropStatement('a"; DROP')).toBe('DROP ROLE IF EXISTS "a""; DROP"');
});
