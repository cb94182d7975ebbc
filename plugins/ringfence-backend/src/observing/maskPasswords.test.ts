import { MASKED, maskPasswords } from './maskPasswords';

const PASSWORD = 'Zt7kq-not-to-be-seen';

it.each<[string, unknown]>([
  ['a field', { config: [{ keystore_password: PASSWORD }] }],
  ['an option of Java', [`-Djavax.net.ssl.keyStorePassword=${PASSWORD}`]],
  ['YAML in a text', `refused: truststore_password: ${PASSWORD}`],
  ['JSON in a text', `Invalid value: {"keystore_password":"${PASSWORD}"}`],
  [
    'JSON in JSON in a text',
    `Invalid value: "{\\"keystore_password\\": \\"${PASSWORD}\\"}"`,
  ],
  ["Go's words in a text", `map[keystore_password:${PASSWORD} optional:false]`],
])('masks a password in %s', (_where, value) => {
  const masked = JSON.stringify(maskPasswords(value));
  expect(masked).not.toContain(PASSWORD);
  expect(masked).toContain(MASKED);
});

it.each([
  { keystorePasswordSecretRef: { name: 'orders', key: 'password' } },
  'Secret "orders-keystore-password" has no key "password"',
  { password: '' },
])('leaves %j as it is', value => {
  expect(maskPasswords(value)).toEqual(value);
});
