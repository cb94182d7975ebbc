import type {
  KubernetesObject,
  StoreRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { mintCa, type MintedCa } from '@ringfence/connection/testUtils';
import { makeJksKeystore, makeJksTruststore } from '../access/jks';
import { makeKeystore } from '../access/keystore';
import { STORE_PASSWORD } from '../access/pkcs12';
import { makeTruststore } from '../access/truststore';
import { readCertificates } from '../checks/x509';
import { fakeCluster, secretObject } from './__testUtils__/cluster';
import { MASKED, maskDocument, maskPasswords } from './maskPasswords';
import { liveObjects } from './ObjectSource';
import { OperatorReader } from './operatorFacts';

const NOW = new Date('2026-06-01T00:00:00Z');
const WRITTEN = '2026-05-20T10:00:00Z';

let ca: MintedCa;
let leaf: { certPem: string; keyPem: string };

beforeAll(async () => {
  ca = await mintCa({ name: 'orders CA' });
  leaf = await ca.issue({ dnsNames: ['orders.example.com'] });
});

const ref = (is: StoreRef['is'], key: string): StoreRef => ({
  what: `${is} of clients`,
  side: 'client',
  is,
  secret: 'orders-tls',
  key,
  ...(is !== 'file' && {
    password: { secret: 'orders-keystore-password', key: 'password' },
  }),
});

async function read(
  refs: readonly StoreRef[],
  data: Record<string, string | Uint8Array>,
  password: Record<string, string> | null = { password: STORE_PASSWORD },
) {
  const stores: KubernetesObject = secretObject('orders-tls', {});
  stores.data = Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      Buffer.from(value as Uint8Array).toString('base64'),
    ]),
  );
  stores.metadata.managedFields = [
    {
      manager: 'cert-manager',
      time: WRITTEN,
      fieldsV1: {
        'f:data': Object.fromEntries(
          Object.keys(data).map(key => [`f:${key}`, {}]),
        ),
      },
    },
    {
      manager: 'somebody',
      time: '2026-05-30T10:00:00Z',
      fieldsV1: { 'f:metadata': { 'f:labels': {} } },
    },
  ];
  const kubernetes = fakeCluster({
    objects: [
      stores,
      ...(password ? [secretObject('orders-keystore-password', password)] : []),
    ],
  });
  const { stores: fact } = await new OperatorReader({ clock: () => NOW }).read({
    kubernetes,
    source: liveObjects(kubernetes, () => NOW),
    namespace: 'orders',
    recipe: { objects: [], stores: () => refs },
    version: '1',
    refresh: false,
    wait: true,
  });
  if (!fact.known) throw new Error(fact.why);
  return fact.value;
}

describe('the stores that operators name', () => {
  const chain = () => readCertificates(leaf.certPem);
  const authority = () => readCertificates(ca.certPem);

  it.each<[string, StoreRef['is'], string, () => Uint8Array, boolean]>([
    [
      'a keystore in JKS',
      'keystore',
      'keystore.jks',
      () => makeJksKeystore(chain(), leaf.keyPem),
      true,
    ],
    [
      'a keystore in PKCS #12',
      'keystore',
      'keystore.p12',
      () => makeKeystore(chain(), leaf.keyPem),
      true,
    ],
    [
      'a truststore in JKS',
      'truststore',
      'truststore.jks',
      () => makeJksTruststore(authority()),
      false,
    ],
    [
      'a truststore in PKCS #12, whatever its name says',
      'truststore',
      'truststore.jks',
      () => makeTruststore(authority()),
      false,
    ],
  ])('are opened: %s', async (_name, is, key, make, hasKey) => {
    const [store] = await read([ref(is, key)], { [key]: make() });
    expect(store).toMatchObject({
      state: 'open',
      hasKey,
      writtenAt: new Date(WRITTEN),
    });
    const [first] = readCertificates(store.certificatesPem);
    const [expected] = hasKey ? chain() : authority();
    expect(first.fingerprint256).toBe(expected.fingerprint256);
    expect(JSON.stringify(store)).not.toMatch(/PRIVATE|changeit/);
  });

  it.each<[string, StoreRef, Record<string, string> | null, string]>([
    [
      'a Secret that is not there',
      { ...ref('keystore', 'keystore.jks'), secret: 'nosuch-stores' },
      { password: STORE_PASSWORD },
      'no secret',
    ],
    [
      'a key that is not in it',
      ref('keystore', 'nosuchkey'),
      { password: STORE_PASSWORD },
      'no key',
    ],
    [
      'a password whose Secret is not there',
      ref('keystore', 'keystore.jks'),
      null,
      'no password',
    ],
    [
      'a password under another key',
      ref('keystore', 'keystore.jks'),
      { secret: STORE_PASSWORD },
      'no password',
    ],
    [
      'another password',
      ref('keystore', 'keystore.jks'),
      { password: 'another' },
      'closed',
    ],
    ['a file that is there', ref('file', 'keystore.jks'), null, 'open'],
  ])('say so of %s', async (_name, store, password, state) => {
    const jks = makeJksKeystore(chain(), leaf.keyPem);
    const [found] = await read([store], { 'keystore.jks': jks }, password);
    expect(found).toMatchObject({ state, certificatesPem: '', hasKey: false });
  });

  it('are read again only when something may have changed', async () => {
    const kubernetes = fakeCluster({ objects: [] });
    const get = jest.spyOn(kubernetes, 'get');
    const reader = new OperatorReader({ clock: () => NOW });
    const target = {
      kubernetes,
      source: liveObjects(kubernetes, () => NOW),
      namespace: 'orders',
      recipe: { objects: [], stores: () => [ref('keystore', 'a')] },
      version: '1',
      refresh: false,
      wait: true,
    };
    await reader.read(target);
    await reader.read(target);
    expect(get).toHaveBeenCalledTimes(1);
    await reader.read({ ...target, version: '2' });
    await reader.read({ ...target, version: '2', refresh: true });
    expect(get).toHaveBeenCalledTimes(3);
  });
});

describe('stores that nobody waits for', () => {
  it('are read later, one database after the other, and told of then', async () => {
    const kubernetes = fakeCluster({ objects: [] });
    const told: string[] = [];
    let tell: () => void;
    const bothTold = new Promise<void>(resolve => {
      tell = resolve;
    });
    const reader = new OperatorReader({
      clock: () => NOW,
      onRead: ({ namespace }) => {
        told.push(namespace);
        if (told.length === 2) tell();
      },
    });
    const ask = (namespace: string) =>
      reader.read({
        kubernetes,
        source: liveObjects(kubernetes, () => NOW),
        namespace,
        recipe: { objects: [], stores: () => [ref('keystore', 'a')] },
        version: '1',
        refresh: false,
        wait: false,
      });
    const first = await Promise.all([ask('orders'), ask('orders'), ask('web')]);
    for (const { stores } of first) {
      expect(stores).toMatchObject({ known: false, why: 'Not looked at yet' });
    }
    await bothTold;
    expect(told).toEqual(['orders', 'web']);
    expect((await ask('orders')).stores).toMatchObject({
      known: true,
      value: [{ state: 'no secret' }],
    });
    reader.retain(({ namespace }) => namespace !== 'orders');
    expect((await ask('orders')).stores.known).toBe(false);
    expect((await ask('web')).stores.known).toBe(true);
  });
});

describe('passwords that operators copy', () => {
  const config = {
    'cassandra-yaml': {
      client_encryption_options: {
        enabled: true,
        keystore: '/mnt/client-keystore/keystore',
        keystore_password: 'open sesame',
      },
    },
    'cassandra-env-sh': {
      'additional-jvm-opts': ['-Djavax.net.ssl.keyStorePassword=sesame'],
    },
    passwordSecretRef: { name: 'store-password' },
    empty_password: '',
  };

  it('are masked, and nothing else is', () => {
    const text = JSON.stringify(maskPasswords(config));
    expect(text).not.toContain('sesame');
    expect(maskPasswords(config)).toEqual({
      ...config,
      'cassandra-yaml': {
        client_encryption_options: {
          enabled: true,
          keystore: '/mnt/client-keystore/keystore',
          keystore_password: MASKED,
        },
      },
      'cassandra-env-sh': {
        'additional-jvm-opts': [`-Djavax.net.ssl.keyStorePassword=${MASKED}`],
      },
    });
  });

  it('are masked in a document, of which nothing is kept where it is none', () => {
    expect(maskDocument(JSON.stringify(config))).toBe(
      JSON.stringify(maskPasswords(config)),
    );
    expect(maskDocument('keystore_password: sesame')).toBe(MASKED);
  });
});
