import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { zodToJsonSchema } from 'zod-to-json-schema';
import { connectionSchema } from './connection';

const FILE = join(__dirname, '../connection.schema.json');

/** Keys that a later version adds are let through, as programs of this version do. */
const generated = () => ({
  title: 'connection.json of a Ringfence bundle, ringfence.dev/v1',
  description:
    'All that a client needs to reach one database through its gateway, and nothing secret',
  ...zodToJsonSchema(connectionSchema, {
    $refStrategy: 'none',
    removeAdditionalStrategy: 'strict',
  }),
});

const connection = {
  apiVersion: 'ringfence.dev/v1',
  kind: 'Connection',
  database: {
    name: 'orders',
    kubernetesCluster: 'eu-1',
    namespace: 'orders',
    blueprint: 'scylladb-ambient',
  },
  protocol: 'cql',
  tls: {
    serverName: 'orders.example.com',
    caSha256: [Array(32).fill('0A').join(':')],
  },
  endpoints: [{ scope: 'external', host: '203.0.113.11', port: 9041 }],
};

beforeAll(() => {
  if (!process.env.UPDATE_SCHEMA) return;
  writeFileSync(FILE, `${JSON.stringify(generated(), undefined, 2)}\n`);
});

it('is published as the schema in code says; "yarn generate" writes it', () => {
  expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(generated());
});

it.each<[string, object]>([
  ['the least of a connection', connection],
  ['one with a key of a later version', { ...connection, region: 'eu' }],
  ['one of another kind', { ...connection, kind: 'Database' }],
  ['one without a way in', { ...connection, endpoints: [] }],
  [
    'one whose port is none',
    { ...connection, endpoints: [{ ...connection.endpoints[0], port: 70000 }] },
  ],
  [
    'one whose CA is somewhere else',
    { ...connection, tls: { ...connection.tls, caFile: '../ca.crt' } },
  ],
])('judges %s as the schema in code does', (_name, value) => {
  const validate = new Ajv({ strict: false }).compile(
    JSON.parse(readFileSync(FILE, 'utf8')),
  );
  expect(validate(value)).toBe(connectionSchema.safeParse(value).success);
});
