import type {
  Facts,
  KubernetesObject,
  NamedStoreFacts,
} from '@ringfence/backstage-plugin-ringfence-node';
import { takeCa } from '@ringfence/connection/testUtils';
import { findingsOf, verdictsOf } from '../../../checks/__testUtils__/ask';
import {
  days,
  FORBIDDEN,
  healthyFacts,
  mintPki,
  NOW,
  seen,
  type Pki,
} from '../../../checks/__testUtils__/facts';
import { pod } from '../../../checks/__testUtils__/objects';
import { MASKED, maskPasswords } from '../../../observing/maskPasswords';
import broken from '../__fixtures__/k8ssandra-broken.json';
import updating from '../__fixtures__/k8ssandra-updating.json';
import { exampleSpec } from '../__fixtures__/spec';
import { clusterManifest, encryptionOptions } from '../cluster';
import { storesOf } from '../operatorRecipe';
import { ringEncryptionOptions } from './encryption';
import { certificateNamedStores } from './namedStores';
import { ringOperator } from './operator';
import { accessStorePasswords } from './passwords';
import { ringRestart } from './restart';

const spec = exampleSpec();

let pki: Pki;
let facts: Facts;
beforeAll(async () => {
  pki = await mintPki();
  facts = healthyFacts(pki);
});

/** Objects as the real operators left them, passwords masked as facts have them. */
const recorded = (
  { items }: { items: unknown[] },
  ...names: string[]
): KubernetesObject[] =>
  maskPasswords(items as KubernetesObject[]).filter(
    ({ metadata }) => names.length === 0 || names.includes(metadata.name),
  );

const READY = {
  conditions: [{ type: 'CassandraInitialized', status: 'True' }],
  datacenters: { dc1: { cassandra: { cassandraOperatorProgress: 'Ready' } } },
  error: 'None',
  observedGeneration: 2,
};

/** The K8ssandraCluster of the spec, brought to its end. */
function cluster(status: object = READY): KubernetesObject {
  const manifest = clusterManifest(spec);
  return {
    ...manifest,
    metadata: { ...manifest.metadata, generation: 2 },
    status,
  };
}

/** What the operator makes of it. */
function datacenter(
  options: object = encryptionOptions(spec),
): KubernetesObject {
  return {
    apiVersion: 'cassandra.datastax.com/v1beta1',
    kind: 'CassandraDatacenter',
    metadata: { name: 'dc1', namespace: 'orders' },
    spec: { config: { 'cassandra-yaml': { num_tokens: 16, ...options } } },
  };
}

function operator(
  objects: readonly KubernetesObject[],
  stores: readonly NamedStoreFacts[] = [],
): Partial<Facts> {
  return { operator: { objects: seen(objects), stores: seen(stores) } };
}

describe('ring.operator', () => {
  const check = ringOperator(spec);

  it.each<[string, () => Partial<Facts>, string]>([
    ['a ring that is Ready', () => operator([cluster()]), 'ok Ready'],
    [
      'recorded: one whose pods have not started',
      () => operator(recorded(updating)),
      'failing NotInitialized',
    ],
    [
      'recorded: a password that is not there',
      () => operator(recorded(broken, 'nopass')),
      'failing OperatorError',
    ],
    [
      'recorded: a store that is not there, of which the operator says nothing',
      () => operator(recorded(broken, 'nostore')),
      'failing NotInitialized',
    ],
    [
      'nodes that are restarted',
      () =>
        operator([
          cluster({
            ...READY,
            datacenters: {
              dc1: { cassandra: { cassandraOperatorProgress: 'Updating' } },
            },
          }),
        ]),
      'warning Updating',
    ],
    [
      'a generation that is not done',
      () => operator([cluster({ ...READY, observedGeneration: 1 })]),
      'warning Behind',
    ],
    [
      'an operator that does not look',
      () => operator([cluster({})]),
      'failing NotTakenUp',
    ],
    ['no object', () => operator([]), 'failing NoCluster'],
    [
      'what may not be read',
      () => ({ operator: { objects: FORBIDDEN, stores: FORBIDDEN } }),
      'unknown NotLooked',
    ],
  ])('says of %s', (_name, changes, verdict) => {
    expect(verdictsOf(check, facts, changes())).toEqual([verdict]);
  });

  it("repeats the operator's own words", () => {
    const [{ summary }] = findingsOf(check, {
      ...facts,
      ...operator(recorded(broken, 'nopass')),
    });
    expect(summary).toContain('Secret "nosuch-password" not found');
  });

  it('asks nothing of a ring that no operator makes', () => {
    expect(verdictsOf(check, facts)).toEqual([]);
  });
});

describe('certificate.named-stores', () => {
  const check = certificateNamedStores(spec);
  const [keystore, truststore] = storesOf(clusterManifest(spec));

  const open = (changes: Partial<NamedStoreFacts> = {}): NamedStoreFacts => ({
    ref: keystore,
    state: 'open',
    certificatesPem: pki.leafPem,
    hasKey: true,
    ...changes,
  });
  const trust = (certificatesPem = pki.ca.certPem): NamedStoreFacts =>
    open({ ref: truststore, hasKey: false, certificatesPem });
  const closed = (state: NamedStoreFacts['state']) =>
    open({ state, certificatesPem: '', hasKey: false });

  it.each<
    [string, () => NamedStoreFacts[] | Promise<NamedStoreFacts[]>, string]
  >([
    ['stores in order', () => [open(), trust()], 'ok InOrder'],
    [
      'a Secret that is not there',
      () => [closed('no secret'), trust()],
      'failing NoSecret',
    ],
    [
      'a key that is not in it',
      () => [closed('no key'), trust()],
      'failing NoKey',
    ],
    [
      'a password that is not there',
      () => [closed('no password'), trust()],
      'failing NoPassword',
    ],
    [
      'a wrong password',
      () => [closed('closed'), trust()],
      'failing DoesNotOpen',
    ],
    [
      'a keystore without a key',
      () => [open({ hasKey: false }), trust()],
      'failing Empty',
    ],
    [
      'a keystore with nothing in it',
      () => [open({ certificatesPem: '' }), trust()],
      'failing Empty',
    ],
    [
      'a certificate that has expired',
      async () => [
        open({ certificatesPem: await pki.issue({ notAfter: days(-1) }) }),
        trust(),
      ],
      'failing Expired',
    ],
    [
      'a certificate that is not valid yet',
      async () => [
        open({ certificatesPem: await pki.issue({ notBefore: days(1) }) }),
        trust(),
      ],
      'failing NotYetValid',
    ],
    [
      'a certificate of a CA that peers do not trust',
      async () => [open(), trust((await mintPki()).ca.certPem)],
      'failing NotTrusted',
    ],
    [
      'a certificate of one of two CAs that peers trust',
      async () => [
        open(),
        trust((await mintPki()).ca.certPem + pki.ca.certPem),
      ],
      'ok InOrder',
    ],
    [
      'a certificate of a CA below the one that peers trust, which comes with it',
      async () => {
        const dates = { notBefore: days(-29), notAfter: days(61) };
        const below = await takeCa(
          await pki.ca.issue({ commonName: 'orders below', ...dates }),
        );
        const { certPem } = await below.issue({ commonName: 'a', ...dates });
        return [open({ certificatesPem: certPem + below.certPem }), trust()];
      },
      'ok InOrder',
    ],
    [
      'a keystore whose truststore cannot be opened, which is a finding of its own',
      () => [open(), { ...closed('closed'), ref: truststore }],
      'ok InOrder',
    ],
  ])('says of %s', async (_name, stores, verdict) => {
    const [first] = verdictsOf(check, facts, operator([], await stores()));
    expect(first).toBe(verdict);
  });

  it('says of each store that is named, and what to do', () => {
    const stores = storesOf(recorded(broken, 'nostore')[0]).map(ref => ({
      ref,
      state: ref.secret === 'nosuch-stores' ? 'no secret' : 'closed',
      certificatesPem: '',
      hasKey: false,
    })) as NamedStoreFacts[];
    const findings = findingsOf(check, { ...facts, ...operator([], stores) });
    expect(findings.map(({ reason, summary }) => [reason, summary])).toEqual([
      ['DoesNotOpen', expect.stringContaining('keystore of clients')],
      ['DoesNotOpen', expect.stringContaining('truststore of clients')],
      ['NoSecret', expect.stringContaining('"orders/nosuch-stores"')],
      ['NoSecret', expect.stringContaining('truststore of nodes')],
    ]);
    for (const { remedy } of findings) {
      expect(remedy?.command).toMatch(/^(cmctl renew|kubectl describe) /);
    }
  });

  it.each([
    ['what is none', "x; echo 'gone'"],
    ['an option', '--all'],
  ])('writes no name into a command that is %s', (_what, secret) => {
    const named = open({ ref: { ...keystore, secret }, state: 'no secret' });
    const [{ remedy }] = findingsOf(check, {
      ...facts,
      ...operator([], [named]),
    });
    expect(remedy).toEqual({ text: expect.stringContaining('Repair drift') });
  });

  it.each<[string, string, RegExp]>([
    ['what cert-manager writes', 'orders-tls', /^cmctl renew orders-tls /],
    [
      'the truststore of a rotation, which it does not',
      'orders-trust',
      /^kubectl describe secret orders-trust /,
    ],
  ])('has cert-manager renew %s', (_what, secret, command) => {
    const named = open({ ref: { ...truststore, secret }, state: 'closed' });
    const [{ remedy }] = findingsOf(check, {
      ...facts,
      ...operator([], [named]),
    });
    expect(remedy?.command).toMatch(command);
  });

  it('reads the names that the operator takes, and the keys that it takes where none is said', () => {
    const named = storesOf({
      ...cluster(),
      spec: {
        cassandra: {
          clientEncryptionStores: {
            keystoreSecretRef: { name: 'stores' },
            truststoreSecretRef: { name: 'stores', key: 'trust.jks' },
          },
        },
      },
    });
    expect(named).toMatchObject([
      {
        secret: 'stores',
        key: 'keystore',
        password: { secret: 'stores', key: 'keystore-password' },
      },
      {
        secret: 'stores',
        key: 'trust.jks',
        password: { secret: 'stores', key: 'truststore-password' },
      },
    ]);
  });
});

describe('ring.encryption-options', () => {
  const check = ringEncryptionOptions(spec);
  const changed = (changes: object): KubernetesObject => {
    const object = cluster();
    Object.assign(object.spec.cassandra, changes);
    return object;
  };

  it.each<[string, () => Partial<Facts>, string]>([
    [
      'what the spec asks for',
      () => operator([cluster(), datacenter()]),
      'ok Agree',
    ],
    [
      'more than is asked for: where the operator has the stores',
      () =>
        operator([
          cluster(),
          datacenter({
            ...encryptionOptions(spec),
            client_encryption_options: {
              ...encryptionOptions(spec).client_encryption_options,
              keystore: '/mnt/client-keystore/keystore',
              keystore_password: MASKED,
            },
          }),
        ]),
      'ok Agree',
    ],
    [
      'stores without encryption',
      () => operator([changed({ config: { cassandraYaml: {} } })]),
      'failing StoresWithoutOptions',
    ],
    [
      'encryption without stores',
      () => operator([changed({ clientEncryptionStores: undefined })]),
      'failing OptionsWithoutStores',
    ],
    [
      'other stores',
      () =>
        operator([
          changed({
            serverEncryptionStores: {
              keystoreSecretRef: { name: 'stores', key: 'keystore.jks' },
            },
          }),
        ]),
      'failing StoresDiffer',
    ],
    [
      'clients who need no certificate',
      () =>
        operator([
          changed({
            config: {
              cassandraYaml: {
                ...encryptionOptions(spec),
                client_encryption_options: {
                  ...encryptionOptions(spec).client_encryption_options,
                  require_client_auth: false,
                },
              },
            },
          }),
        ]),
      'failing OptionsDiffer',
    ],
    [
      'options that are not passed on',
      () => operator([cluster(), datacenter({})]),
      'failing NotPassedOn',
    ],
    ['no object', () => operator([]), 'failing NoCluster'],
  ])('says of %s', (_name, changes, verdict) => {
    expect(verdictsOf(check, facts, changes())).toEqual([verdict]);
  });
});

describe('ring.restart-needed', () => {
  const check = ringRestart(spec);
  const [ref] = storesOf(clusterManifest(spec));
  const started = (at: Date, text = 'trusts 1; shows 1') => {
    const object = pod(0, { annotations: { 'ringfence.dev/stores': text } });
    object.status.startTime = at.toISOString();
    return seen([object]);
  };
  const written = (...times: Array<Date | undefined>) =>
    operator(
      [],
      times.map(writtenAt => ({
        ref,
        state: 'open',
        certificatesPem: '',
        hasKey: true,
        ...(writtenAt && { writtenAt }),
      })),
    );

  it.each<[string, () => Partial<Facts>, string]>([
    [
      'pods that started since',
      () => ({ ...written(days(-2)), pods: started(days(-1)) }),
      'ok Current',
    ],
    [
      'a store that was written since',
      () => ({ ...written(days(-1)), pods: started(days(-2)) }),
      'warning StoreWritten',
    ],
    [
      'a rotation that a pod has not followed',
      () => ({
        ...written(days(-2)),
        pods: started(days(-1), 'trusts 1, 2; shows 1'),
      }),
      'warning CasChanged',
    ],
    ['no pods', () => ({ ...written(NOW), pods: seen([]) }), 'unknown NoPods'],
    [
      'a Secret that does not say when',
      () => ({ ...written(undefined), pods: started(NOW) }),
      'unknown NotSaid',
    ],
    [
      'one Secret of two that does not say when',
      () => ({ ...written(days(-2), undefined), pods: started(days(-1)) }),
      'unknown NotSaid',
    ],
  ])('says of %s', (_name, changes, verdict) => {
    expect(verdictsOf(check, facts, changes())).toEqual([verdict]);
  });

  it("restarts in the operator's own way", () => {
    const [{ remedy }] = findingsOf(check, {
      ...facts,
      ...written(days(-1)),
      pods: started(days(-2)),
    });
    expect(remedy?.command).toContain('"kind":"CassandraTask"');
    expect(remedy?.command).toContain('"command":"restart"');
  });
});

describe('access.store-passwords', () => {
  const check = accessStorePasswords(spec);

  it('warns of passwords that the operator has copied, and never says them', () => {
    const findings = findingsOf(check, {
      ...facts,
      ...operator(recorded(updating)),
    });
    expect(findings).toMatchObject([{ status: 'warning', reason: 'InClear' }]);
    expect(findings[0].remedy?.text).toContain('may not read its Secrets');
    expect(JSON.stringify(findings)).not.toMatch(/not-the-real-one/);
  });

  it('is content where there are none', () => {
    expect(verdictsOf(check, facts, operator([datacenter()]))).toEqual([
      'ok SecretsAlone',
    ]);
  });
});
