import { CqlError } from './frames';
import { parseStatement } from './statements';

it.each([
  [
    'select key, "Mixed" from system.local where key=\'local\' limit 1;',
    {
      kind: 'select',
      table: 'system.local',
      columns: ['key', 'Mixed'],
      where: [['key', 'local']],
    },
  ],
  [
    'SELECT *\n  FROM system_schema.keyspaces',
    { kind: 'select', table: 'system_schema.keyspaces', where: [] },
  ],
  [
    `CREATE ROLE IF NOT EXISTS "Orders-App" WITH PASSWORD = 'LOGIN = false; it''s' AND LOGIN = true`,
    {
      kind: 'createRole',
      role: 'Orders-App',
      conditional: true,
      options: { password: "LOGIN = false; it's", login: true },
    },
  ],
  [
    'ALTER ROLE cassandra WITH SUPERUSER = false AND LOGIN=false',
    {
      kind: 'alterRole',
      role: 'cassandra',
      conditional: false,
      options: { superuser: false, login: false },
    },
  ],
  [
    'DROP ROLE IF EXISTS app',
    { kind: 'dropRole', role: 'app', conditional: true },
  ],
  ['LIST ROLES OF app NORECURSIVE', { kind: 'listRoles', of: 'app' }],
  [
    'GRANT ALL PERMISSIONS ON KEYSPACE orders TO app',
    { kind: 'grant', permission: 'ALL', on: 'KEYSPACE orders', role: 'app' },
  ],
  [
    'REVOKE select ON ALL KEYSPACES FROM app',
    { kind: 'revoke', permission: 'SELECT', on: 'ALL KEYSPACES', role: 'app' },
  ],
  ['GRANT readers TO app', { kind: 'grant', on: 'readers', role: 'app' }],
  [
    "CREATE KEYSPACE orders WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 3} AND durable_writes = true",
    {
      kind: 'createKeyspace',
      keyspace: 'orders',
      conditional: false,
      replication: { class: 'NetworkTopologyStrategy', dc1: '3' },
    },
  ],
  [
    'CREATE TABLE IF NOT EXISTS orders.items (id int PRIMARY KEY)',
    { kind: 'createTable', table: 'orders.items', conditional: true },
  ],
  ['USE orders', { kind: 'use', keyspace: 'orders' }],
])('reads %s', (cql, expected) => {
  expect(parseStatement(cql)).toEqual(expected);
});

it.each([
  'INSERT INTO orders.items (id) VALUES (1)',
  'SELECT count(*) FROM system.local',
  '',
])('refuses "%s" as nothing for a stub', cql => {
  expect(() => parseStatement(cql)).toThrow(CqlError);
  expect(() => parseStatement(cql)).toThrow(/^this is a stub: /);
});
