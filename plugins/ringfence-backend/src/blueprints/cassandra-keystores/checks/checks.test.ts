import {
  encryptionOptions,
  storeVolumes,
  type Facts,
  type KubernetesObject,
  type StoreFacts,
} from '@ringfence/backstage-plugin-ringfence-node';
import { verdictsOf, type Row } from '../../../checks/__testUtils__/ask';
import {
  days,
  FORBIDDEN,
  healthyFacts,
  mintPki,
  seen,
  type Pki,
} from '../../../checks/__testUtils__/facts';
import { pod } from '../../../checks/__testUtils__/objects';
import { cassandraKeystores } from '..';
import { exampleSpec } from '../__fixtures__/spec';
import { reduceObject } from '../../../observing/watched/reduceObject';
import { ringEncryption } from './encryption';
import { certificatePeers } from './peers';
import { accessPlaintext } from './plaintext';
import { ringRolled } from './rolled';
import { certificateReloaded } from './served';
import { certificateStores } from './stores';

const spec = exampleSpec();
const rotated = { ...spec, authorities: { signing: 2, trusted: [1, 2] } };

let pki: Pki;
let facts: Facts;
let handshake: Extract<Facts['served'], { known: true }>['value'];

beforeAll(async () => {
  pki = await mintPki();
  const healthy = healthyFacts(pki);
  facts = {
    ...healthy,
    access: {
      ...healthy.access,
      exposure: 'direct',
      gateway: undefined,
      tlsPorts: [9042],
    },
  };
  handshake = (facts.served as Extract<Facts['served'], { known: true }>).value;
});

/** A StatefulSet as cass-operator makes one. */
function statefulSet({
  options = encryptionOptions(spec),
  volumes = storeVolumes(spec),
  config = JSON.stringify({ 'cassandra-yaml': { num_tokens: 16, ...options } }),
}: {
  options?: object;
  volumes?: readonly object[];
  config?: string;
} = {}): Facts['statefulSet'] {
  const object: KubernetesObject = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'orders-orders-default-sts', namespace: 'orders' },
    spec: {
      template: {
        spec: {
          initContainers: [
            { name: 'server-config-init-base' },
            {
              name: 'server-config-init',
              env: [{ name: 'CONFIG_FILE_DATA', value: config }],
            },
          ],
          volumes,
        },
      },
    },
  };
  return seen(object);
}

const started = (text: string) =>
  [0, 1].map(ordinal =>
    pod(ordinal, { annotations: { 'ringfence.dev/stores': text } }),
  );

describe('certificate.stores', () => {
  const holding = (stores?: readonly StoreFacts[]): Partial<Facts> => ({
    certificates: facts.certificates.map(certificate =>
      certificate.purpose === 'service'
        ? {
            ...certificate,
            secret: seen({
              certificatePem: pki.leafPem,
              caPem: pki.ca.certPem,
              ...(stores && { stores }),
            }),
          }
        : certificate,
    ),
  });

  it.each<[string, StoreFacts['is'], string]>([
    ['opens', 'open', 'ok Open'],
    ['has another password', 'closed', 'failing DoNotOpen'],
    ['is not there', 'missing', 'failing Missing'],
    [
      'has a password that is not there',
      'without password',
      'failing NoPassword',
    ],
  ])('tells where a store %s', (_name, is, expected) => {
    const stores: StoreFacts[] = [
      { key: 'keystore.jks', is: 'open' },
      { key: 'keystore.p12', is },
    ];
    expect(verdictsOf(certificateStores, facts, holding(stores))).toEqual([
      expected,
    ]);
  });

  it('does not take for open what nobody has looked at', () => {
    expect(verdictsOf(certificateStores, facts, holding())).toEqual([
      'unknown NotAsked',
    ]);
    const certificates = facts.certificates.map(certificate => ({
      ...certificate,
      secret: FORBIDDEN,
    }));
    expect(verdictsOf(certificateStores, facts, { certificates })).toEqual([
      'unknown NotLooked',
    ]);
  });
});

describe('certificate.reloaded', () => {
  it.each<Row>([
    ['all nodes show the certificate', {}, ['ok Shown']],
    ['nobody could look', { served: FORBIDDEN }, ['unknown NotLooked']],
  ])('where %s', (_name, changes, expected) => {
    expect(verdictsOf(certificateReloaded, facts, changes)).toEqual(expected);
  });

  it('gives a node time to read a new certificate, and no more than it needs', async () => {
    const shown = await pki.issue({ notBefore: days(-60), notAfter: days(30) });
    const served = seen({ ...handshake, certificatePem: shown });
    expect(verdictsOf(certificateReloaded, facts, { served })).toEqual([
      'failing NotReloaded',
    ]);
    const fresh = await pki.issue({ notBefore: days(-0.005) });
    const certificates = facts.certificates.map(certificate =>
      certificate.purpose === 'service'
        ? {
            ...certificate,
            secret: seen({ certificatePem: fresh, caPem: pki.ca.certPem }),
          }
        : certificate,
    );
    expect(
      verdictsOf(certificateReloaded, facts, { served, certificates }),
    ).toEqual(['warning Reloading']);
  });

  it('does not take a certificate of another name', () => {
    const served = seen({
      ...handshake,
      verified: false,
      verificationError: 'it is for another name',
    });
    expect(verdictsOf(certificateReloaded, facts, { served })).toEqual([
      'failing NotTrusted',
    ]);
  });

  it('is no question where clients do not dial the nodes', () => {
    expect(verdictsOf(certificateReloaded, healthyFacts(pki))).toEqual([]);
  });
});

describe('certificate.peers', () => {
  type Leaf = Facts['certificates'][number];
  const leaf = (name: string, secret: Leaf['secret']): Leaf => ({
    ...{ name, secret, purpose: 'client' },
    certificate: seen(undefined),
  });
  const signedBy = (caPem?: string) =>
    seen({ certificatePem: pki.leafPem, ...(caPem && { caPem }) });
  const asked = (
    internode: Leaf['secret'],
    client = signedBy(pki.ca.certPem),
  ) =>
    verdictsOf(certificatePeers(spec), facts, {
      certificates: [
        leaf('orders-tls', client),
        leaf('orders-internode-tls', internode),
      ],
    });

  it('tells whether one CA signs for both', async () => {
    const other = await mintPki();
    expect(asked(signedBy(other.ca.certPem))).toEqual(['ok Separate']);
    expect(asked(signedBy(pki.ca.certPem))).toEqual(['failing OneCa']);
    const bundle = other.ca.certPem + pki.ca.certPem;
    expect(asked(signedBy(bundle))).toEqual(['failing OneCa']);
  });

  it('does not take for separate what nobody has seen', () => {
    expect(asked(signedBy())).toEqual(['unknown NoCa']);
    expect(asked(seen(undefined))).toEqual(['unknown NoCa']);
    expect(asked(FORBIDDEN)).toEqual(['unknown NotLooked']);
    expect(asked(signedBy(pki.ca.certPem), FORBIDDEN)).toEqual([
      'unknown NotLooked',
    ]);
  });

  it('is no question where one side is in plaintext', () => {
    const plain = exampleSpec({ tls: { client: { enabled: false } } });
    expect(verdictsOf(certificatePeers(plain), facts)).toEqual([]);
  });
});

describe('access.plaintext', () => {
  it.each<Row>([
    ['a node refuses it, and speaks TLS', {}, ['ok Refused']],
    [
      'a node answers it',
      { plaintext: seen({ refused: false, message: 'CQL v4' }) },
      ['failing Answered'],
    ],
    [
      'it is refused by nobody knows whom',
      { served: FORBIDDEN },
      ['unknown NoNode'],
    ],
    ['nobody could look', { plaintext: FORBIDDEN }, ['unknown NotLooked']],
    [
      'the spec asks for it',
      healthy => ({ access: { ...healthy.access, exposure: 'none' } }),
      ['failing NotEncrypted'],
    ],
  ])('where %s', (_name, changes, expected) => {
    expect(verdictsOf(accessPlaintext, facts, changes)).toEqual(expected);
  });
});

describe('ring.encryption', () => {
  const check = ringEncryption(spec);
  const options = encryptionOptions(spec);

  it.each<[string, Facts['statefulSet'], string]>([
    ['options and stores are those of the spec', statefulSet(), 'ok Agrees'],
    [
      'clients need no TLS',
      statefulSet({
        options: {
          ...options,
          client_encryption_options: {
            ...options.client_encryption_options,
            optional: true,
          },
        },
      }),
      'failing OptionsDiffer',
    ],
    [
      'nodes do not encrypt among themselves',
      statefulSet({
        options: {
          ...options,
          server_encryption_options: { internode_encryption: 'none' },
        },
      }),
      'failing OptionsDiffer',
    ],
    [
      'a store is of another Secret',
      statefulSet({
        volumes: storeVolumes(spec).map(volume =>
          volume.name === 'client-stores'
            ? { name: volume.name, secret: { secretName: 'other' } }
            : volume,
        ),
      }),
      'failing StoresDiffer',
    ],
    [
      'a store is not mounted',
      statefulSet({ volumes: storeVolumes(spec).slice(1) }),
      'failing StoresDiffer',
    ],
    [
      'the operator writes its options in another way',
      statefulSet({ config: 'base64' }),
      'unknown NotReadable',
    ],
    ['there is none', seen(undefined), 'unknown NoStatefulSet'],
    ['nobody could look', FORBIDDEN, 'unknown NotLooked'],
  ])('where %s', (_name, found, expected) => {
    expect(verdictsOf(check, facts, { statefulSet: found })).toEqual([
      expected,
    ]);
  });

  it('is answered by what watches keep of a StatefulSet', () => {
    const { value } = statefulSet() as { value: KubernetesObject };
    const found = seen(reduceObject(value));
    expect(verdictsOf(check, facts, { statefulSet: found })).toEqual([
      'ok Agrees',
    ]);
  });

  it('shows nothing of what else the operator was given', () => {
    const config = JSON.stringify({
      'cassandra-yaml': { keystore_password: 'hunter2' },
    });
    const [finding] = [
      check.run({ ...facts, statefulSet: statefulSet({ config }) }, days(0)),
    ];
    expect(JSON.stringify(finding)).not.toContain('hunter2');
  });
});

describe('ring.stores-changed', () => {
  it.each<[string, typeof spec, string, string]>([
    ['all were started with them', spec, 'trusts 1; shows 1', 'ok Current'],
    [
      'a rotation has not restarted them yet',
      rotated,
      'trusts 1, 2; shows 1',
      'warning Before',
    ],
    ['a step is done', rotated, 'trusts 1, 2; shows 2', 'ok Current'],
  ])('where %s', (_name, wanted, text, expected) => {
    const pods = seen(started(text));
    expect(verdictsOf(ringRolled(wanted), facts, { pods })).toEqual([expected]);
  });

  it('knows nothing where there are no pods', () => {
    expect(verdictsOf(ringRolled(spec), facts, { pods: seen([]) })).toEqual([
      'unknown NoPods',
    ]);
  });
});

it('gives each check an id of its own, in the category that it begins with', () => {
  const checks = cassandraKeystores.checks(spec);
  expect(checks.map(({ id }) => id)).toEqual([
    'certificate.stores',
    'certificate.reloaded',
    'certificate.peers',
    'ring.encryption',
    'ring.stores-changed',
    'access.plaintext',
  ]);
  for (const { id, category } of checks) {
    expect(id.startsWith(`${category}.`)).toBe(true);
  }
});
