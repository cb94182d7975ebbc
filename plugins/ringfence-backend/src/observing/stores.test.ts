import { createHash } from 'node:crypto';
import { X509Certificate } from 'node:crypto';
import type {
  KubernetesCluster,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { mintCa } from '@ringfence/connection/testUtils';
import { makeTruststore } from '../access/truststore';
import { opensJks, opensPkcs12, readStores } from './stores';

const PASSWORD = 'changeit';

/** An empty JKS store, as `keytool` writes one: magic, version, number of entries, digest. */
function jks(password: string): Buffer {
  const content = Buffer.from('feedfeed0000000200000000', 'hex');
  const digest = createHash('sha1')
    .update(Buffer.from(password, 'utf16le').swap16())
    .update('Mighty Aphrodite')
    .update(content)
    .digest();
  return Buffer.concat([content, digest]);
}

let p12: Buffer;

beforeAll(async () => {
  const { certPem } = await mintCa({ name: 'orders CA' });
  p12 = Buffer.from(makeTruststore([new X509Certificate(certPem)]));
});

describe('a store', () => {
  it('opens with its password alone', async () => {
    expect(opensJks(jks('right'), 'right')).toBe(true);
    expect(opensJks(jks('right'), 'wrong')).toBe(false);
    expect(await opensPkcs12(p12, PASSWORD)).toBe(true);
    expect(await opensPkcs12(p12, 'wrong')).toBe(false);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['something else', Buffer.from('no store at all, but long enough')],
  ])('does not open where it is %s', async (_name, bytes) => {
    expect(opensJks(bytes, PASSWORD)).toBe(false);
    expect(await opensPkcs12(bytes, PASSWORD)).toBe(false);
  });
});

describe('the stores of a Secret', () => {
  const ref = { name: 'orders-keystore-password', key: 'password' };
  const keystores = {
    jks: { create: true, passwordSecretRef: ref },
    pkcs12: { create: true, passwordSecretRef: ref },
  };

  const read = (
    data: Record<string, Buffer>,
    { password = PASSWORD, spec = { keystores } as object } = {},
  ) => {
    const objects: Record<string, object> = {
      'Certificate orders-tls': { spec },
      'Secret orders-keystore-password': {
        data: password && {
          password: Buffer.from(password).toString('base64'),
        },
      },
    };
    const kubernetes = {
      get: async ({ kind, name }: KubernetesObject['metadata']) =>
        objects[`${kind} ${name}`],
    } as unknown as KubernetesCluster;
    return readStores(kubernetes, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'orders-tls',
        namespace: 'orders',
        annotations: { 'cert-manager.io/certificate-name': 'orders-tls' },
      },
      data: Object.fromEntries(
        Object.entries(data).map(([key, bytes]) => [
          key,
          bytes.toString('base64'),
        ]),
      ),
    });
  };

  it('are told one by one, and nothing of what is in them', async () => {
    const stores = await read({
      'keystore.jks': jks(PASSWORD),
      'truststore.jks': jks('another'),
      'truststore.p12': p12,
    });
    expect(stores).toEqual([
      { key: 'keystore.jks', is: 'open' },
      { key: 'truststore.jks', is: 'closed' },
      { key: 'keystore.p12', is: 'missing' },
      { key: 'truststore.p12', is: 'open' },
    ]);
  });

  it('are not taken for open where their password is gone', async () => {
    const stores = await read(
      { 'keystore.jks': jks(PASSWORD) },
      { password: '' },
    );
    expect(stores?.[0]).toEqual({
      key: 'keystore.jks',
      is: 'without password',
    });
  });

  it('are no question where the Certificate asks for none', async () => {
    const data = { 'keystore.jks': jks(PASSWORD) };
    expect(await read(data, { spec: {} })).toBeUndefined();
  });

  it('cost no request where the Secret holds none', async () => {
    expect(await read({})).toBeUndefined();
  });
});
