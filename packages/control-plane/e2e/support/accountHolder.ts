/* eslint-disable jest/no-export -- what the account of `deploy/` cannot do */
import { until, type Cluster } from '../../src';
import type { Account } from '../../src/account';
import { Look } from './look';

const OURS = 'app.kubernetes.io/managed-by=ringfence';
const ENFORCE = 'pod-security.kubernetes.io/enforce';
const LABEL_MINE = ['label', 'namespace', 'mine', '--overwrite'];
/** As the portal applies. */
export const APPLY = [
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

const OUR_LABEL = { 'app.kubernetes.io/managed-by': 'ringfence' };

const ourNamespace = (name: string) =>
  namespace(name, { ...OUR_LABEL, [ENFORCE]: 'restricted' });

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

/** Somebody with kubectl and the token of the portal's account. */
export class AccountHolder {
  constructor(
    private readonly cluster: Cluster,
    private readonly account: Account,
  ) {}

  /** With all rights, to look at what came of it. */
  get look(): Look {
    return new Look(this.cluster);
  }

  /** kubectl, on manifests where some are given. */
  run(args: readonly string[], ...items: object[]): Promise<string> {
    const list = { apiVersion: 'v1', kind: 'List', items };
    return this.account.kubectl(args, JSON.stringify(list));
  }

  apply(...manifests: object[]): Promise<string> {
    return this.run(APPLY, ...manifests);
  }

  /** kubectl with all rights, on manifests. */
  asAdmin(args: readonly string[], ...items: object[]): Promise<string> {
    const list = { apiVersion: 'v1', kind: 'List', items };
    return this.cluster.kubectl([...args], JSON.stringify(list));
  }

  /** A namespace that the account made and bound its role in. */
  async makeOwnNamespace(name: string): Promise<void> {
    await this.apply(ourNamespace(name));
    await this.apply(binding(name));
    await until('the binding is in force', 30_000, () =>
      this.apply(secret(name)).then(() => true),
    );
  }

  /** Somebody else's, with what is not the account's to see. */
  async makeForeignNamespace(name: string): Promise<void> {
    const items = [
      namespace(name),
      secret(name),
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'pod', namespace: name },
        spec: { containers: [{ name: 'main', image: 'example.com/main:1' }] },
      },
    ];
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await this.cluster.kubectl(['apply', '--server-side', '-f', '-'], list);
  }
}

/** Where it has rights: none that lead to more. */
export function describeOwnNamespace(as: () => AccountHolder): void {
  describe("the portal's account, in a namespace that it made,", () => {
    beforeAll(() => as().makeOwnNamespace('mine'));

    it('reads and deletes a Secret by its name', async () => {
      const get = ['get', 'secret', 'credentials', '--namespace=mine'];
      expect(await as().run([...get, '--output=name'])).toContain(
        'credentials',
      );
      await as().run(['delete', 'secret', 'credentials', '--namespace=mine']);
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
      ['open its Pod Security', [...LABEL_MINE, `${ENFORCE}=privileged`]],
      [
        'take its Pod Security off',
        ['label', 'namespace', 'mine', `${ENFORCE}-`],
      ],
    ])('cannot %s', async (_name, args) => {
      await expect(as().run(args)).rejects.toThrow(/forbidden|denied request/);
    });

    it('has no privileged pod admitted', async () => {
      const privileged = { securityContext: { privileged: true } };
      const container = { name: 'main', image: 'example.com/main:1' };
      const labels = { app: 'shell' };
      await as().apply({
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'shell', namespace: 'mine' },
        spec: {
          serviceName: 'shell',
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: { containers: [{ ...container, ...privileged }] },
          },
        },
      });
      const [refused] = await until('a refused pod', 30_000, async () => {
        const found = await as().look.refusedPods('mine');
        return found.length > 0 && found;
      });
      expect(refused).toMatch(/violates PodSecurity "restricted.*privileged/);
    });

    it('may choose Pod Security "baseline", and "restricted" again', async () => {
      await as().run([...LABEL_MINE, `${ENFORCE}=baseline`]);
      await as().run([...LABEL_MINE, `${ENFORCE}=restricted`]);
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
      await expect(as().apply(manifest())).rejects.toThrow(
        /forbidden|denied request/,
      );
    });
  });
}

/** Where it has none. */
export function describeForeignNamespace(as: () => AccountHolder): void {
  describe("the portal's account, in a namespace that it did not make,", () => {
    beforeAll(() => as().makeForeignNamespace('theirs'));

    it.each<[string, string[]]>([
      ['read a Secret', ['get', 'secret', 'credentials']],
      ['list Secrets', ['get', 'secrets']],
      ['run a command in a pod', ['exec', 'pod', '--', 'true']],
      ['forward a port of a pod', ['port-forward', 'pod', '0:80']],
      ['read the logs of a pod', ['logs', 'pod']],
      ['read a ConfigMap', ['get', 'configmap', 'kube-root-ca.crt']],
      ['delete a pod', ['delete', 'pod', 'pod']],
    ])('cannot %s', async (_name, args) => {
      await expect(as().run(['--namespace=theirs', ...args])).rejects.toThrow(
        /forbidden/i,
      );
    });

    it.each<[string, () => object]>([
      ['make a Secret', () => secret('theirs')],
      ['bind its own role', () => binding('theirs')],
    ])('cannot %s', async (_name, manifest) => {
      await expect(as().apply(manifest())).rejects.toThrow(
        /forbidden|denied request/,
      );
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
      await expect(as().run(args)).rejects.toThrow(
        /Ringfence may only (change|delete) namespaces that it made/,
      );
    });

    it.each<[string, Record<string, string>]>([
      ['no Pod Security', {}],
      ['Pod Security "privileged"', { [ENFORCE]: 'privileged' }],
    ])('cannot make one with %s', async (_name, labels) => {
      await expect(
        as().apply(namespace('insecure', { ...OUR_LABEL, ...labels })),
      ).rejects.toThrow(
        `Ringfence may only make namespaces whose ${ENFORCE} is restricted or baseline`,
      );
    });

    it('cannot make one without our label', async () => {
      await expect(
        as().apply(namespace('unlabelled', { [ENFORCE]: 'restricted' })),
      ).rejects.toThrow(
        'Ringfence may only make namespaces labelled app.kubernetes.io/managed-by=ringfence',
      );
    });
  });
}
