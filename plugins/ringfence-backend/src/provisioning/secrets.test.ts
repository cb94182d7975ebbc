import { sha512crypt } from 'sha512crypt-node';
import { createHarness, provisioned } from './__testUtils__/harness';
import { completeValues } from './secrets';

const decoded = (data: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString(),
    ]),
  );

describe('Secrets', () => {
  it.each([
    // Made with crypt(3) of the GNU C library.
    [
      'Hello world!',
      '$6$saltstring',
      '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
    ],
    [
      'aB3xY9Qw7LmNpRsTuVwXyZ01',
      '$6$0123456789abcdef',
      '$6$0123456789abcdef$gpRXduBVGMtGAU4v8cuY9GQMq3Pw.LfYzI67AE7tmThDXapJN3b2tQEa.v5NUzJ2vSrjBT7grG5qqxwamGjYU.',
    ],
  ])('hash as the C library does: %s', (password, salt, hash) => {
    expect(sha512crypt(password, salt)).toBe(hash);
  });

  it('holds letters and digits of the wanted length, another each time', () => {
    const recipe = {
      name: 'login',
      data: { password: { from: 'random' as const, length: 40 } },
    };
    const passwords = [
      completeValues(recipe, {}),
      completeValues(recipe, {}),
    ].map(({ password }) => password);
    expect(passwords[0]).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(passwords[1]).not.toBe(passwords[0]);
  });

  it('fills templates and hashes from other keys, in whatever order they are', () => {
    const values = completeValues(
      {
        name: 'login',
        data: {
          file: { from: 'template', text: '{{ user }}={{hash}}' },
          hash: { from: 'sha512crypt', key: 'password' },
          user: { from: 'literal', value: 'ada' },
          password: { from: 'random', length: 20 },
        },
      },
      {},
    );
    const [, , salt] = values.hash.split('$');
    expect(values.hash).toBe(sha512crypt(values.password, `$6$${salt}`));
    expect(salt).toMatch(/^[A-Za-z0-9]{16}$/);
    expect(values.file).toBe(`ada=${values.hash}`);
  });

  it('refuses a value made from itself or from a key that there is not', () => {
    expect(() =>
      completeValues(
        {
          name: 'loop',
          data: {
            a: { from: 'template', text: '{{b}}' },
            b: { from: 'template', text: '{{a}}' },
          },
        },
        {},
      ),
    ).toThrow('Secret recipe "loop": key "a" is made from itself');
    expect(() =>
      completeValues(
        { name: 'gap', data: { a: { from: 'sha512crypt', key: 'b' } } },
        {},
      ),
    ).toThrow('Secret recipe "gap": key "b" is not in it');
  });

  it('are never overwritten, and get the keys that they lack', async () => {
    const harness = createHarness();
    await provisioned(harness);
    const before = decoded(
      (await harness.read('Secret', 'orders-login'))!.data,
    );
    await harness.kubernetes.delete({
      apiVersion: 'v1',
      kind: 'Secret',
      namespace: 'orders',
      name: 'orders-login',
    });
    await harness.kubernetes.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'orders-login', namespace: 'orders' },
      type: 'Opaque',
      data: { password: Buffer.from('chosen-by-someone').toString('base64') },
    });
    await harness.provision().ended;
    const after = decoded((await harness.read('Secret', 'orders-login'))!.data);
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
    expect(after.password).toBe('chosen-by-someone');
    const [, , salt] = after.hash.split('$');
    expect(after.hash).toBe(sha512crypt('chosen-by-someone', `$6$${salt}`));
  });
});
