import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, until, type Cluster } from '../src';
import { ACCOUNT, createAccount, type Account } from '../src/account';
import { AuditLog, describeEvent, type AuditEvent } from './support/auditLog';
import { TestDatabase } from './support/databases';
import { startTestPortal, type TestPortal } from './support/portal';
import {
  deletedResources,
  describeGrant,
  isUsedBy,
  neverAllowed,
  readGrants,
  resourceText,
  type Grant,
} from './support/rights';

jest.setTimeout(300_000);

const OURS = 'app.kubernetes.io/managed-by=ringfence';

let directory: string;
let audit: AuditLog;
let cluster: Cluster;
let account: Account;

/** kubectl as the portal's account, on manifests where some are given. */
const asAccount = (args: readonly string[], ...manifests: object[]) =>
  account.kubectl(
    args,
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }),
  );

const APPLY = [
  'apply',
  '--server-side',
  '--field-manager=ringfence',
  '-f',
  '-',
];

const namespace = (name: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

const ourNamespace = (name: string) =>
  namespace(name, { 'app.kubernetes.io/managed-by': 'ringfence' });

const binding = (inNamespace: string, change: object = {}) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: 'ringfence', namespace: inNamespace },
  roleRef: {
    apiGroup: 'rbac.authorization.k8s.io',
    kind: 'ClusterRole',
    name: 'ringfence-database',
  },
  subjects: [
    { kind: 'ServiceAccount', name: 'ringfence', namespace: 'ringfence' },
  ],
  ...change,
});

const secret = (inNamespace: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'credentials', namespace: inNamespace },
  stringData: { password: 'not for everybody' },
});

const apply = (...manifests: object[]) => asAccount(APPLY, ...manifests);

/** A namespace that the account made and bound its role in. */
async function makeOwnNamespace(name: string): Promise<void> {
  await apply(ourNamespace(name));
  await apply(binding(name));
  await until('the binding is in force', 30_000, () =>
    apply(secret(name)).then(() => true),
  );
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ringfence-rights-'));
  audit = await AuditLog.create(join(directory, 'audit'), ACCOUNT);
  cluster = await startCluster({
    log: () => {},
    apiServerArgs: audit.apiServerArgs,
  });
  account = await createAccount(cluster);
  // Somebody else's, with what is not ours to see.
  await cluster.kubectl(
    ['apply', '--server-side', '-f', '-'],
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        namespace('theirs'),
        secret('theirs'),
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'pod', namespace: 'theirs' },
          spec: { containers: [{ name: 'main', image: 'example.com/main:1' }] },
        },
      ],
    }),
  );
});

afterAll(async () => {
  await cluster?.stop();
  await rm(directory, { recursive: true, force: true });
});

describe("the portal's account, in a namespace that it made,", () => {
  beforeAll(() => makeOwnNamespace('mine'));

  it('reads and deletes a Secret by its name', async () => {
    const get = ['get', 'secret', 'credentials', '--namespace=mine'];
    expect(await asAccount([...get, '--output=name'])).toContain('credentials');
    await asAccount(['delete', 'secret', 'credentials', '--namespace=mine']);
  });

  it.each<[string, string[]]>([
    ['list Secrets', ['get', 'secrets', '--namespace=mine']],
    [
      'make a token of a ServiceAccount',
      ['create', 'token', 'default', '--namespace=mine'],
    ],
    [
      'take our label off',
      ['label', 'namespace', 'mine', 'app.kubernetes.io/managed-by-'],
    ],
  ])('cannot %s', async (_name, args) => {
    await expect(asAccount(args)).rejects.toThrow(/forbidden|denied request/);
  });

  it.each<[string, () => object]>([
    [
      'another role',
      () =>
        binding('mine', {
          metadata: { name: 'other', namespace: 'mine' },
          roleRef: {
            apiGroup: 'rbac.authorization.k8s.io',
            kind: 'ClusterRole',
            name: 'cluster-admin',
          },
        }),
    ],
    [
      'its role to somebody else',
      () =>
        binding('mine', {
          metadata: { name: 'other', namespace: 'mine' },
          subjects: [
            { kind: 'ServiceAccount', name: 'default', namespace: 'mine' },
          ],
        }),
    ],
    [
      'its role everywhere',
      () => ({
        ...binding('mine', { metadata: { name: 'other' } }),
        kind: 'ClusterRoleBinding',
      }),
    ],
  ])('cannot bind %s', async (_name, manifest) => {
    await expect(apply(manifest())).rejects.toThrow(/forbidden|denied request/);
  });
});

describe("the portal's account, in a namespace that it did not make,", () => {
  it.each<[string, string[]]>([
    ['read a Secret', ['get', 'secret', 'credentials']],
    ['list Secrets', ['get', 'secrets']],
    ['run a command in a pod', ['exec', 'pod', '--', 'true']],
    ['forward a port of a pod', ['port-forward', 'pod', '0:80']],
    ['read the logs of a pod', ['logs', 'pod']],
    ['read a ConfigMap', ['get', 'configmap', 'kube-root-ca.crt']],
    ['delete a pod', ['delete', 'pod', 'pod']],
  ])('cannot %s', async (_name, args) => {
    await expect(asAccount(['--namespace=theirs', ...args])).rejects.toThrow(
      /forbidden/i,
    );
  });

  it.each<[string, () => object]>([
    ['make a Secret', () => secret('theirs')],
    ['bind its own role', () => binding('theirs')],
  ])('cannot %s', async (_name, manifest) => {
    await expect(apply(manifest())).rejects.toThrow(/forbidden|denied request/);
  });

  it.each<[string, string[]]>([
    ['label it as ours', ['label', 'namespace', 'theirs', OURS]],
    ['delete it', ['delete', 'namespace', 'theirs']],
    [
      'change its Pod Security',
      [
        'label',
        'namespace',
        'theirs',
        'pod-security.kubernetes.io/enforce=privileged',
      ],
    ],
  ])('cannot %s', async (_name, args) => {
    await expect(asAccount(args)).rejects.toThrow(
      /Ringfence may only (change|delete) namespaces that it made/,
    );
  });

  it('cannot make one without our label', async () => {
    await expect(apply(namespace('unlabelled'))).rejects.toThrow(
      'Ringfence may only make namespaces labelled app.kubernetes.io/managed-by=ringfence',
    );
  });
});

/**
 * Granted for platforms other than this one: which kind the route has, depends
 * on the versions of Istio and of the Gateway API.
 */
const isForOtherPlatforms = ({ resource }: Grant) => resource === 'tlsroutes';

/** What is applied or deleted is watched until it is so, unless it is so at once. */
const isForWaiting = (grant: Grant, events: readonly AuditEvent[]) =>
  grant.verb === 'watch' &&
  events.some(
    ({ verb, objectRef }) =>
      ['patch', 'delete'].includes(verb) &&
      resourceText(objectRef!) === resourceText(grant),
  );

describe("the portal's account, while the portal works,", () => {
  let portal: TestPortal;
  let events: AuditEvent[];

  /** Everything that the portal does with a Kubernetes cluster. */
  async function workThrough(): Promise<void> {
    const orders = new TestDatabase(portal.ada, {
      name: 'orders',
      namespace: 'orders',
      owner: 'group:default/payments',
      replicas: 1,
      monitoring: { namespace: 'monitoring' },
    });
    await portal.ada.get('/ringfence/platforms');
    await portal.ada.post('/ringfence/plan', orders.asked());
    await orders.provision();
    for (const path of ['report?refresh=true', 'access', 'ca', 'bundle']) {
      await orders.get(path);
    }
    await orders.reveal();
    await orders.renew('orders-tls');
    await orders.repair();
    await orders.provision({ access: { exposure: 'none' } });
    await orders.provision();
    await orders.decommission({ deleteVolumes: false });
    await expect(orders.provision({ datacenter: 'other' })).rejects.toThrow(
      'cannot become',
    );
    await orders.provision();
    await orders.decommission({ deleteVolumes: true });
  }

  beforeAll(async () => {
    const began = (await audit.events()).length;
    portal = await startTestPortal({
      kubeconfig: account.kubeconfig,
      directory,
    });
    await workThrough();
    events = (await audit.events()).slice(began);
  });
  afterAll(() => portal?.stop());

  it('is never refused what it needs', () => {
    expect(neverAllowed(events).map(describeEvent)).toEqual([]);
  });

  it('uses every right that it has', () => {
    const unused = readGrants()
      .filter(grant => !isForOtherPlatforms(grant))
      .filter(grant => !isForWaiting(grant, events))
      .filter(grant => !events.some(event => isUsedBy(grant, event)));
    expect(unused.map(describeGrant)).toEqual([]);
  });

  it('may watch what it deletes until it is gone', () => {
    const watchable = readGrants()
      .filter(({ verb }) => verb === 'watch')
      .map(resourceText);
    const deleted = deletedResources(events);
    expect(deleted).toContain('statefulsets.apps');
    // A Certificate's Secret is deleted without a wait: Secrets are never watched.
    expect(deleted.filter(it => !watchable.includes(it))).toEqual(['secrets']);
  });

  it('never asks for a Secret outside of a namespace that it made', () => {
    const foreign = events
      .filter(({ objectRef }) => objectRef?.resource === 'secrets')
      .filter(({ objectRef }) => objectRef?.namespace !== 'orders');
    expect(foreign.map(describeEvent)).toEqual([]);
  });
});
