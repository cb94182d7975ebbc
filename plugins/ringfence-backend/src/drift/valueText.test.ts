import { HIDDEN, valueText } from './valueText';

const KEY = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n';

it.each<[string, string[], unknown, string]>([
  ['a text', ['spec', 'image'], 'scylla:1', 'scylla:1'],
  ['a number', ['spec', 'replicas'], 3, '3'],
  ['an object', ['spec'], { a: [1] }, '{"a":[1]}'],
  [
    'whether a token is mounted',
    ['automountServiceAccountToken'],
    true,
    'true',
  ],
  ['how a key is made', ['spec', 'privateKey', 'algorithm'], 'RSA', 'RSA'],
  ['a long text, cut', ['a'], 'x'.repeat(300), `${'x'.repeat(200)}...`],
  ['which Secret', ['tls', 'secretName'], 'orders-tls', 'orders-tls'],
  [
    'which Secret, within an object',
    ['env'],
    { valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } },
    '{"valueFrom":{"secretKeyRef":{"name":"a","key":"b"}}}',
  ],
  [
    'which names a password is under',
    ['spec'],
    { passwordSecretRef: { name: 'orders' } },
    '{"passwordSecretRef":{"name":"orders"}}',
  ],
])('shows %s', (_name, names, value, text) => {
  expect(valueText(names, value)).toBe(text);
});

it.each<[string, string[], unknown, string]>([
  ['a password', ['data', 'password'], 'hunter2', HIDDEN],
  ['a password in capitals', ['env', 'DB_PASSWORD'], 'hunter2', HIDDEN],
  ['what is in it', ['stringData', 'token', 'value'], 'hunter2', HIDDEN],
  ['an API key', ['env', 'API_KEY_1', 'value'], 'hunter2', HIDDEN],
  ['another', ['env', 'API_KEY', 'value'], 'hunter2', HIDDEN],
  [
    'one within an object',
    ['data'],
    { user: 'a', clientSecret: 'hunter2' },
    '{"user":"a","clientSecret":"[hidden]"}',
  ],
  [
    'a variable within a list',
    ['env'],
    [{ name: 'DB_PASSWORD', value: 'hunter2' }],
    '[{"name":"DB_PASSWORD","value":"[hidden]"}]',
  ],
  [
    'an argument',
    ['args'],
    ['--auth-password=hunter2', '--seeds=a'],
    '["--auth-password=[hidden]","--seeds=a"]',
  ],
  [
    'an argument apart from its value',
    ['command'],
    'cqlsh --password hunter2 -k orders',
    'cqlsh --password [hidden] -k orders',
  ],
  [
    'an argument that comes after its option',
    ['args'],
    ['--password', 'hunter2', '--secret-name', 'orders'],
    '["--password","[hidden]","--secret-name","orders"]',
  ],
  [
    'a line of a file',
    ['data', 'cassandra.yaml'],
    'user: a\nkeystore_password: hunter2\nport: 1',
    'user: a\nkeystore_password: [hidden]\nport: 1',
  ],
  ['a private key', ['data', 'tls.pem'], KEY, HIDDEN],
  [
    'a private key within an object',
    ['data'],
    { pem: KEY },
    '{"pem":"[hidden]"}',
  ],
])('hides %s', (_name, names, value, text) => {
  expect(valueText(names, value)).toBe(text);
  expect(valueText(names, value)).not.toMatch(/hunter2|MHcC/);
});
