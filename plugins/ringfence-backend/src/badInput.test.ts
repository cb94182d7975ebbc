import { createBackendModule } from '@backstage/backend-plugin-api';
import { startTestBackend } from '@backstage/backend-test-utils';
import {
  ringfenceKubernetesClustersExtensionPoint,
  type KubernetesCluster,
  type ObjectSelector,
  type ServedApi,
} from '@ringfence/backstage-plugin-ringfence-node';
import { createSandbox, type Sandbox } from '@ringfence/sandbox';
import type { Server } from 'node:http';
import request from 'supertest';
import { ringfencePlugin } from './plugin';

const SPEC = {
  blueprint: 'scylladb-ambient',
  name: 'orders',
  kubernetesCluster: 'sandbox',
  namespace: 'orders',
  owner: 'user:default/mock',
};

const written: string[] = [];
let sandbox: Sandbox;
let server: Server;

/** The sandbox under another name, with less in it; what is written to it is noted. */
function lessOf(
  name: string,
  without: {
    api?: (api: ServedApi) => boolean;
    objects?: (selector: ObjectSelector) => boolean;
  } = {},
): KubernetesCluster {
  const { kubernetes } = sandbox;
  const noted =
    (verb: 'apply' | 'create' | 'updateStatus' | 'delete') =>
    (first: any, options?: any) => {
      if (!options?.dryRun) written.push(`${verb} ${first.kind}`);
      return kubernetes[verb](first, options);
    };
  return {
    name,
    get simulated() {
      return kubernetes.simulated;
    },
    async discover() {
      const { version, apis } = await kubernetes.discover();
      return { version, apis: apis.filter(api => !without.api?.(api)) };
    },
    list: async selector =>
      without.objects?.(selector) ? [] : kubernetes.list(selector),
    get: ref => kubernetes.get(ref),
    watch: (...args) => kubernetes.watch(...args),
    exec: (...args) => kubernetes.exec(...args),
    portForward: (...args) => kubernetes.portForward(...args),
    apply: noted('apply'),
    create: noted('create'),
    updateStatus: noted('updateStatus'),
    delete: noted('delete'),
  } as KubernetesCluster;
}

const isKind =
  (kind: string, labels: Record<string, string>) =>
  (selector: ObjectSelector): boolean =>
    selector.kind === kind &&
    Object.entries(labels).every(([k, v]) => selector.labels?.[k] === v);

beforeAll(async () => {
  sandbox = await createSandbox({ ring: () => ({ stub: 'for a test' }) });
  const clusters = [
    lessOf('sandbox'),
    lessOf('no-gateway-api', {
      api: ({ group }) => group === 'gateway.networking.k8s.io',
    }),
    lessOf('no-cert-manager', {
      api: ({ group }) => group === 'cert-manager.io',
    }),
    lessOf('no-istio', { objects: isKind('Deployment', { app: 'istiod' }) }),
    lessOf('no-ambient', { objects: isKind('DaemonSet', { app: 'ztunnel' }) }),
    // Istio knows TCPRoute v1 and TLSRoute v1; this one serves neither.
    lessOf('no-route', { api: ({ kind }) => /^(TCP|TLS)Route$/.test(kind) }),
  ];
  for (const [name, annotations, labels] of [
    ['theirs', {}, {}],
    [
      'payments',
      { 'ringfence.dev/owner': 'group:default/payments' },
      {
        'app.kubernetes.io/managed-by': 'ringfence',
        'ringfence.dev/database': 'orders',
      },
    ],
  ] as const) {
    await sandbox.kubernetes.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, annotations, labels },
    });
  }
  const contribution = createBackendModule({
    pluginId: 'ringfence',
    moduleId: 'contribution',
    register(env) {
      env.registerInit({
        deps: { extension: ringfenceKubernetesClustersExtensionPoint },
        async init({ extension }) {
          clusters.forEach(cluster => extension.addKubernetesCluster(cluster));
        },
      });
    },
  });
  const backend = await startTestBackend({
    features: [ringfencePlugin, contribution],
  });
  server = backend.server as Server;
}, 60_000);
afterAll(() => sandbox.stop());
afterEach(() => written.splice(0));

/** The words of a refusal, whether it comes as a status or as the last line of a stream. */
async function refusal(path: 'plan' | 'databases', changes: object) {
  const { status, body, text } = await request(server)
    .post(`/api/ringfence/${path}`)
    .send({ ...SPEC, ...changes });
  if (status !== 200) return { status, message: body.error.message as string };
  const last = JSON.parse(text.trim().split('\n').at(-1)!);
  return { status: last.type, message: last.message as string };
}

const certificate = (changes: object) => ({ certificate: changes });
const on = (kubernetesCluster: string) => ({ kubernetesCluster });

describe.each(['plan', 'databases'] as const)('POST /%s', path => {
  it.each<[string, object, string]>([
    [
      'a name that is no DNS label',
      { name: 'Orders!' },
      'spec.name: must be a DNS label',
    ],
    [
      'a namespace that is no DNS label',
      { namespace: '../kube-system' },
      'spec.namespace: must be a DNS label',
    ],
    [
      'a SAN that is no host name',
      certificate({ dnsNames: ['a b.example'] }),
      'spec.certificate.dnsNames[0]: must be a host name',
    ],
    [
      'renewBefore as long as duration',
      certificate({ duration: '24h', renewBefore: '24h' }),
      'spec.certificate.renewBefore: must be shorter than duration (24h)',
    ],
    [
      'a duration below an hour',
      certificate({ duration: '59m', renewBefore: '10m' }),
      'spec.certificate.duration: must be at least 1h',
    ],
    ['replicas 0', { replicas: 0 }, 'spec.replicas: must be at least 1'],
    [
      'an unknown version',
      { version: '0.0.1' },
      'spec.version: is not a known version of ScyllaDB; known are',
    ],
    [
      'a shell in the name',
      { name: '$(reboot)' },
      'spec.name: must be a DNS label',
    ],
    [
      'a shell in the version',
      { version: '2026.1.11;reboot' },
      'spec.version: is not a known version',
    ],
    [
      'YAML in the datacenter',
      { datacenter: 'a\nb: c' },
      'spec.datacenter: must begin with a letter or digit',
    ],
    [
      'CQL in the rack',
      { rack: "r'; DROP" },
      'spec.rack: must begin with a letter or digit',
    ],
    [
      'YAML in the StorageClass',
      { storage: { className: '&a *b' } },
      'spec.storage.className: must be the name of a Kubernetes object',
    ],
    [
      'no Gateway API',
      on('no-gateway-api'),
      'spec.kubernetesCluster: Gateway API: Kubernetes cluster "no-gateway-api" does not serve Gateway',
    ],
    [
      'no cert-manager',
      on('no-cert-manager'),
      'spec.kubernetesCluster: cert-manager: Kubernetes cluster "no-cert-manager" does not serve Certificate',
    ],
    [
      'no Istio',
      on('no-istio'),
      'spec.kubernetesCluster: Istio: Kubernetes cluster "no-istio" has no Istio',
    ],
    [
      'no ambient mesh',
      on('no-ambient'),
      'spec.kubernetesCluster: Istio ambient mesh: Istio 1.31.1 runs without ambient mode',
    ],
    [
      'versions that cannot work together',
      on('no-route'),
      'spec.kubernetesCluster: Route: ',
    ],
    [
      'a namespace that Ringfence does not manage',
      { namespace: 'theirs' },
      'spec.namespace: Namespace "theirs" in Kubernetes cluster "sandbox" exists and is not managed by Ringfence',
    ],
    [
      'a namespace that somebody else owns',
      { namespace: 'payments' },
      'spec.namespace: Namespace "payments" in Kubernetes cluster "sandbox" holds database "orders" of group:default/payments',
    ],
    [
      'an owner that the user is not',
      { owner: 'group:default/payments' },
      'spec.owner: "user:default/mock" is not one of "group:default/payments"',
    ],
  ])(
    'refuses %s before anything is applied, and names the field',
    async (_name, changes, words) => {
      const { status, message } = await refusal(path, changes);
      expect(message).toContain(words);
      expect([400, 403, 409, 'failed']).toContain(status);
      expect(written.filter(entry => entry !== 'create Namespace')).toEqual([]);
      expect(
        await sandbox.kubernetes.get({
          apiVersion: 'v1',
          kind: 'Namespace',
          name: 'orders',
        }),
      ).toBeUndefined();
    },
  );
});
